"""A filled skeleton is the very page the template would have made."""

from __future__ import annotations

from itertools import product

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from sogoc.web import skeleton
from tests.web.helpers import Installation

TEMPLATE = "public/result.html"
NAMES = (
    "kind", "meaning", "issuer", "full_name", "birth_date", "serial", "entry_number", "issued_on",
    "revoked_on", "revoked_decision", "checked_at",
)  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12) | st.sampled_from(
    ("", "H'Len Mlô", "<script>alert(1)</script>", "a & b", '"x"', "{{ shown.serial }}", "&amp;")
)

pytestmark = pytest.mark.usefixtures("installation")


def asked(path: str) -> HttpRequest:
    return RequestFactory().get(path)


@given(
    st.fixed_dictionaries(dict.fromkeys(NAMES, TEXTS)),
    st.sampled_from(("valid", "revoked", "being_entered")),
    st.booleans(),
    st.sampled_from(("", "SG-0WMQ-66GR-5FBB-D2WW-YZ")),
    st.sampled_from(("vi", "en")),
)
def test_page_is_what_the_template_makes(
    texts: dict[str, str], status: str, is_legacy: bool, code: str, language: str
) -> None:
    flags = {"status": status, "is_legacy": is_legacy}
    texts = {**texts, "code": code}
    prefix = "/en" if language == "en" else ""
    request = asked(f"{prefix}/c/{code}" if code else f"{prefix}/tra-cuu/")
    with override(language):
        plain = render_to_string(TEMPLATE, {"shown": {**flags, **texts}}, request)
        for _ in range(2):  # made, then kept
            filled = skeleton.render_filled(
                request, TEMPLATE, flags=flags, texts=texts, in_address="code" if code else ""
            )
            assert filled.content.decode() == plain


def test_no_more_than_a_few_shapes_are_kept() -> None:
    for number, status in product(range(300), ("valid", "revoked")):
        skeleton.render_filled(
            asked(f"/{number}"), TEMPLATE, flags={"status": status}, texts={"serial": "B 1"}
        )
    assert len(skeleton._skeletons) <= skeleton._KEPT


def test_a_form_is_never_kept(installation: Installation) -> None:
    with pytest.raises(RuntimeError, match="token"):
        skeleton.render_filled(asked("/"), "public/home.html", flags={}, texts={"code": "SG-0WMQ"})


def test_a_message_is_for_one_visitor(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = [Message(25, "Đã gửi.")]
    monkeypatch.setattr(skeleton, "get_messages", lambda _request: waiting)
    request = asked("/tra-cuu/")
    assert list(get_messages(request)) == []
    before = dict(skeleton._skeletons)
    page = skeleton.render_filled(
        request, TEMPLATE, flags={"status": "valid"}, texts={"serial": "<1>"}
    )
    assert "&lt;1&gt;" in page.content.decode()
    assert skeleton._skeletons == before
