"""What stands around every page: languages, navigation, who is signed in, the note of the home."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse, translate_url
from django.utils.translation import get_language, gettext

from sogoc.web import clock
from sogoc.web.showing import show_date

STYLE_SHEETS = ("tokens", "base", "layout", "forms", "components", "tables", "law", "print")


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a list of links."""

    name: str
    href: str
    is_current: bool = False
    code: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything `web/base.html` needs beyond the page itself."""

    languages: tuple[Link, ...]
    links: tuple[Link, ...]
    footer_links: tuple[Link, ...]
    who: str
    home_note: str
    style_sheets: tuple[str, ...]


def frame_of(request: HttpRequest | None) -> Frame:
    """Build the frame for a request; None (a page rendered without one) gives the plain frame."""
    path = request.path if request else "/"
    actor = getattr(request, "actor", None)
    return Frame(
        languages=_languages(path),
        links=_links(path, signed_in=actor is not None),
        footer_links=_footer_links(),
        who=actor.display_name if actor is not None else "",
        home_note=_home_note(),
        style_sheets=tuple(static(f"sogoc/css/{name}.css") for name in STYLE_SHEETS),
    )


def _languages(path: str) -> tuple[Link, ...]:
    current = get_language()
    return tuple(
        Link(name, translate_url(path, code), is_current=code == current, code=code)
        for code, name in settings.LANGUAGES
    )


def _links(path: str, *, signed_in: bool) -> tuple[Link, ...]:
    if not signed_in:
        return (
            _link(gettext("Tra cứu"), "home", path),
            _link(gettext("Luật"), "law:start", path, whole_part=True),
            _link(gettext("Dành cho cán bộ"), "office:home", path, whole_part=True),
        )
    return (
        _link(gettext("Các đợt cấp"), "office:home", path),
        _link(gettext("Nộp danh sách"), "office:upload", path),
        _link(gettext("Sổ gốc"), "office:register", path, whole_part=True),
        _link(gettext("Luật"), "law:start", path, whole_part=True),
        _link(gettext("Tra cứu công khai"), "home", path),
    )


def _link(name: str, view: str, path: str, *, whole_part: bool = False) -> Link:
    href = reverse(view)
    return Link(name, href, is_current=path.startswith(href) if whole_part else path == href)


def _footer_links() -> tuple[Link, ...]:
    links = [
        Link(gettext("Tra cứu văn bằng, chứng chỉ"), reverse("home")),
        Link(gettext("Thẩm quyền cấp theo luật từng ngày"), reverse("law:start")),
        Link(gettext("Dành cho cán bộ"), reverse("office:home")),
    ]
    if settings.DEBUG or clock.is_playground():
        links.append(Link(gettext("Hệ thống giao diện"), reverse("design")))
    return tuple(links)


def _home_note() -> str:
    if not clock.is_playground():
        return ""
    return gettext(
        "Đây là dữ liệu trình diễn, không có giá trị pháp lý. Ngày làm việc đang đặt: %(date)s."
    ) % {"date": show_date(clock.business_date())}
