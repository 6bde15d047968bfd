"""How things are written on a page: dates, masked text, states and levels in words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


class Word(NamedTuple):
    """A state said in words, with the tone that repeats it."""

    text: str | Promise
    tone: str


BATCH_STATES: Final = {
    "prepared": Word(gettext_lazy("Chờ duyệt"), "warn"),
    "approved": Word(gettext_lazy("Đã duyệt, chờ in"), "info"),
    "printed": Word(gettext_lazy("Đã in, chờ ký"), "info"),
    "signed": Word(gettext_lazy("Đã ký, chờ vào sổ"), "info"),
    "issued": Word(gettext_lazy("Đã vào sổ gốc"), "ok"),
    "cancelled": Word(gettext_lazy("Đã hủy"), ""),
}

LEVELS: Final = {
    "error": Word(gettext_lazy("Lỗi – không được cấp"), "bad"),
    "review": Word(gettext_lazy("Cần xin ý kiến"), "info"),
    "warning": Word(gettext_lazy("Cần xem lại"), "warn"),
    "info": Word(gettext_lazy("Để biết"), ""),
}

LINE_STATES: Final = {
    "valid": Word(gettext_lazy("Còn giá trị"), "ok"),
    "revoked": Word(gettext_lazy("Đã thu hồi, hủy bỏ"), "bad"),
    "being_entered": Word(gettext_lazy("Đã quyết định, đang vào sổ"), "warn"),
}

PAPER_STATES: Final = {
    "current": Word(gettext_lazy("Còn giá trị"), "ok"),
    "renewal_due": Word(gettext_lazy("Cần lập lại"), "warn"),
    "superseded": Word(gettext_lazy("Đã có bản khác thay"), "warn"),
    "withdrawn": Word(gettext_lazy("Không còn giá trị"), "bad"),
    "revoked": Word(gettext_lazy("Đã thu hồi, hủy bỏ"), "bad"),
}
"""The status of an original, a copy or a supplement; `revoked` is that of its line."""

CLOCK_STATES: Final = {
    "kept": Word(gettext_lazy("Đúng hạn"), "ok"),
    "late": Word(gettext_lazy("Trễ hạn"), "bad"),
    "open": Word(gettext_lazy("Chưa đến hạn"), "info"),
    "overdue": Word(gettext_lazy("Quá hạn"), "bad"),
    "review": Word(gettext_lazy("Cần xem lại"), "warn"),
    "none": Word(gettext_lazy("Luật không đặt hạn"), ""),
}
"""How an original stands to the deadline of the law."""

STEPS: Final = (
    ("prepared", gettext_lazy("Kiểm tra và lập đợt cấp")),
    ("approved", gettext_lazy("Người khác duyệt")),
    ("printed", gettext_lazy("In lên phôi")),
    ("signed", gettext_lazy("Ký và đóng dấu")),
    ("issued", gettext_lazy("Vào sổ gốc")),
)

JOB_STATES: Final = {
    "keying": Word(gettext_lazy("Đang nhập, đối chiếu"), "info"),
    "compared": Word(gettext_lazy("Chờ ký biên bản"), "warn"),
    "signed": Word(gettext_lazy("Đã ký, chờ vào sổ"), "info"),
    "counted": Word(gettext_lazy("Đã vào sổ gốc"), "ok"),
    "cancelled": Word(gettext_lazy("Đã bỏ"), ""),
}
"""Where the digitisation of a stretch of a paper book stands."""

JOB_STEPS: Final = (
    ("keying", gettext_lazy("Gắn ảnh, hai người nhập hoặc đối chiếu")),
    ("compared", gettext_lazy("Biên bản, hai người ký")),
    ("signed", gettext_lazy("Biên bản đã đủ chữ ký")),
    ("counted", gettext_lazy("Vào sổ gốc")),
)


def word_for(table: dict[str, Word], key: str) -> Word:
    """Return the word for `key`, or the key itself without a tone."""
    return table.get(key, Word(key, ""))


def show_date(value: date | None) -> str:
    """Write a day as Vietnamese papers do: 07/07/2019; nothing for None."""
    return value.strftime("%d/%m/%Y") if value else ""


def show_moment(value: datetime | None) -> str:
    """Write a moment in Vietnam's time: 10/04/2025 08:30; nothing for None."""
    return timezone.localtime(value).strftime("%d/%m/%Y %H:%M") if value else ""
