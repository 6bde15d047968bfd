"""What stands around every page: languages, navigation, who is signed in, the note of the home."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse, translate_url
from django.utils.translation import get_language, gettext

from sogoc.web import clock
from sogoc.web.showing import show_date

STYLE_SHEETS = (
    "tokens",
    "base",
    "layout",
    "forms",
    "components",
    "tables",
    "law",
    "books",
    "transparency",
    "print",
)


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
    language = get_language() or settings.LANGUAGE_CODE
    return Frame(
        languages=_languages(path, language),
        links=tuple(
            Link(link.name, link.href, link.is_current_at(path))
            for link in _links(language, signed_in=actor is not None)
        ),
        footer_links=_footer_links(language, clock.is_playground()),
        who=actor.display_name if actor is not None else "",
        home_note=home_note(),
        style_sheets=_style_sheets(),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A link of the navigation, of every page below it (`whole_part`) or of itself alone."""

    name: str
    href: str
    whole_part: bool

    def is_current_at(self, path: str) -> bool:
        return path.startswith(self.href) if self.whole_part else path == self.href


def _languages(path: str, current: str) -> tuple[Link, ...]:
    return tuple(
        Link(name, path if code == current else translate_url(path, code), code == current, code)
        for code, name in settings.LANGUAGES
    )


# What follows is the same for every page of a language, and most of the frame's cost.


@cache
def _style_sheets() -> tuple[str, ...]:
    return tuple(static(f"sogoc/css/{name}.css") for name in STYLE_SHEETS)


@cache
def _links(_language: str, *, signed_in: bool) -> tuple[_Part, ...]:
    if not signed_in:
        return (
            _part(gettext("Tra cứu"), "home"),
            _part(gettext("Kiểm tra tệp"), "check-file", whole_part=True),
            _part(gettext("Luật"), "law:start", whole_part=True),
            _part(gettext("Dành cho cán bộ"), "office:home", whole_part=True),
        )
    return (
        _part(gettext("Các đợt cấp"), "office:home"),
        _part(gettext("Nộp danh sách"), "office:upload"),
        _part(gettext("Sổ gốc"), "office:register", whole_part=True),
        _part(gettext("Sổ giấy"), "office:books", whole_part=True),
        _part(gettext("Luật"), "law:start", whole_part=True),
        _part(gettext("Tra cứu"), "home"),
    )


def _part(name: str, view: str, *, whole_part: bool = False) -> _Part:
    return _Part(name, reverse(view), whole_part)


@cache
def _footer_links(_language: str, is_playground: bool) -> tuple[Link, ...]:
    links = [
        Link(gettext("Tra cứu văn bằng, chứng chỉ"), reverse("home")),
        Link(gettext("Kiểm tra tệp"), reverse("check-file")),
        Link(gettext("Thẩm quyền cấp theo luật từng ngày"), reverse("law:start")),
        Link(gettext("Nhật ký minh bạch"), reverse("transparency")),
        Link(gettext("Dành cho cán bộ"), reverse("office:home")),
    ]
    if settings.DEBUG or is_playground:
        links.append(Link(gettext("Hệ thống giao diện"), reverse("design")))
    return tuple(links)


def home_note() -> str:
    """Say that data here are for demonstration, and the day they live on; empty elsewhere."""
    if not clock.is_playground():
        return ""
    return gettext(
        "Đây là dữ liệu trình diễn, không có giá trị pháp lý. Ngày làm việc đang đặt: %(date)s."
    ) % {"date": show_date(clock.business_date())}
