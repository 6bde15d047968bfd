"""How the law is written on a page: periods, how sure a value is, acts, terms, verdicts."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from sogoc.kernel.periods import Period
from sogoc.kernel.text import Text
from sogoc.web.showing import Word, show_date


class Confidence(NamedTuple):
    """How sure a value is: the word shown, its tone, and what that means for the reader."""

    text: str | Promise
    tone: str
    meaning: str | Promise


CONFIDENCES: Final = {
    "found": Confidence(
        gettext_lazy("Đã thấy văn bản"),
        "ok",
        gettext_lazy("Đã đọc trong nguồn công khai. Vẫn nên mở văn bản trước khi viện dẫn."),
    ),
    "recalled": Confidence(
        gettext_lazy("Chưa đối chiếu"),
        "info",
        gettext_lazy(
            "Ghi theo hiểu biết, chưa so với nguyên văn. Vẫn dùng để kết luận; "
            "hãy mở văn bản trước khi viện dẫn."
        ),
    ),
    "uncertain": Confidence(
        gettext_lazy("Chưa xác nhận"),
        "warn",
        gettext_lazy(
            "Không dùng để cho phép: gặp điều này, phần mềm dừng lại và đòi ý kiến bằng văn bản."
        ),
    ),
}

VERDICT_TONES: Final = {"allowed": "ok", "refused": "bad", "review": "warn", "no_such_kind": ""}

ACTS: Final = {
    "issue": gettext_lazy("Cấp bản chính"),
    "reissue": gettext_lazy("Cấp lại"),
    "correct": gettext_lazy("Chỉnh sửa nội dung"),
    "copy": gettext_lazy("Cấp bản sao từ sổ gốc"),
    "revoke": gettext_lazy("Thu hồi, hủy bỏ"),
}

CATEGORIES: Final = {
    "diploma": gettext_lazy("Văn bằng"),
    "certificate": gettext_lazy("Chứng chỉ"),
    "paper": gettext_lazy("Giấy tờ khác"),
}
STANDINGS: Final = {
    "current": Word(gettext_lazy("Đang theo dõi"), "ok"),
    "legacy": Word(gettext_lazy("Loại cũ"), ""),
    "open": Word(gettext_lazy("Chưa rõ quy định"), "warn"),
    "none": Word(gettext_lazy("Không thuộc hệ thống"), ""),
}

CHECK_LEVELS: Final = {
    "E": Word(gettext_lazy("Lỗi – không được cấp"), "bad"),
    "W": Word(gettext_lazy("Cần xem lại"), "warn"),
    "N": Word(gettext_lazy("Để biết"), ""),
}
SCOPES: Final = {
    "act": gettext_lazy("Cả việc cấp: đơn vị, người ký, ngày, quyết định"),
    "row": gettext_lazy("Từng người trong danh sách"),
    "list": gettext_lazy("Cả danh sách, so các dòng với nhau và với sổ gốc"),
}
AREAS: Final = {
    "authority": gettext_lazy("Thẩm quyền và người ký"),
    "decision": gettext_lazy("Quyết định, ngày và số người"),
    "scores": gettext_lazy("Điểm và kết quả"),
    "people": gettext_lazy("Người được cấp"),
    "register": gettext_lazy("Sổ gốc và số vào sổ"),
    "blanks": gettext_lazy("Phôi và số hiệu"),
    "custody": gettext_lazy("Bàn giao và phát bằng"),
}
RESULTS: Final = {
    "pass": Word(gettext_lazy("Đạt"), "ok"),
    "fail": Word(gettext_lazy("Lỗi"), "bad"),
    "warn": Word(gettext_lazy("Cần xem lại"), "warn"),
    "review": Word(gettext_lazy("Cần xin ý kiến"), "info"),
    "not_applicable": Word(gettext_lazy("Không thuộc quy tắc này"), ""),
    "not_in_force": Word(gettext_lazy("Quy tắc chưa hoặc hết áp dụng"), ""),
}


def period_words(period: Period) -> str:
    """Write a period with both its days: 15/01/2020 – 14/04/2026."""
    first, last = period.start, period.last_day
    if first is None and last is None:
        return gettext("không ghi ngày")
    if last is None:
        return gettext("từ %(first)s") % {"first": show_date(first)}
    if first is None:
        return gettext("đến hết %(last)s") % {"last": show_date(last)}
    return f"{show_date(first)} – {show_date(last)}"


def period_short(period: Period) -> str:
    """Write a period beside a drawn bar: 2020–2026."""
    first = str(period.start.year) if period.start else "…"
    last = str(period.last_day.year) if period.last_day else "…"
    if period.start is None and period.until is None:
        return gettext("chưa biết ngày")
    return first if first == last else f"{first}–{last}"


def joined(texts: list[Text]) -> Text:
    """Several texts as one list in words."""
    return Text(", ".join(t.vi for t in texts), ", ".join(t.en for t in texts))


_LETTERS = re.compile(r"\[A-Z\](?:\{(\d+)(?:,(\d+))?\})?")
_DIGITS = re.compile(r"(?:\\d|\[0-9\])(?:\{(\d+)(?:,(\d+))?\})?")


def shape_text(pattern: str) -> Text:
    r"""Say a serial's pattern in words: ``[A-Z]{1,3}\d{5,10}`` is 1–3 letters, then 5–10 digits.

    Empty for a pattern made of anything else: a reader gets no regular expression.
    """
    rest, parts = pattern, []
    while rest:
        if found := _LETTERS.match(rest):
            count = _count(found)
            parts.append(Text(f"{count} chữ cái in hoa", f"{count} capital letters"))
        elif found := _DIGITS.match(rest):
            count = _count(found)
            parts.append(Text(f"{count} chữ số", f"{count} digits"))
        else:
            return Text("", "")
        rest = rest[found.end() :]
    return Text(", rồi ".join(p.vi for p in parts), ", then ".join(p.en for p in parts))


def _count(found: re.Match[str]) -> str:
    low, high = found[1] or "1", found[2]
    return f"{low}–{high}" if high else low


def day_of(text: str) -> date | None:
    """Read a day of an address (2019-07-07); None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
