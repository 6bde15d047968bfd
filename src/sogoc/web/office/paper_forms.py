"""Forms of what an office does beside batches: opinions, blanks, revocation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from sogoc.policy.api import checks
from sogoc.web.forms import DayField, PlainForm, RadioField, TextField, TickField
from sogoc.web.office.forms import Choices, KindField, offer

MOST_WORDS = 5_000
"""Lines of one list to be revoked."""


class RulingForm(PlainForm):
    """A legal opinion: its document, what it says, and for which acts."""

    document_number = TextField(
        gettext_lazy("Số văn bản"), missing=gettext_lazy("Hãy nhập số văn bản."), most=120
    )
    document_date = DayField(label=gettext_lazy("Ngày văn bản"))
    author = TextField(
        gettext_lazy("Nơi ban hành, người ký"),
        missing=gettext_lazy("Hãy nhập nơi ban hành, người ký."),
        most=300,
    )
    summary = TextField(
        gettext_lazy("Văn bản nói gì"), missing=gettext_lazy("Hãy ghi nội dung văn bản."), rows=4
    )
    is_allowed = RadioField(
        label=gettext_lazy("Kết luận"),
        choices=[("yes", gettext_lazy("Cho làm")), ("no", gettext_lazy("Không cho làm"))],
        error_messages={"required": gettext_lazy("Hãy chọn kết luận.")},
    )
    valid_from = DayField(label=gettext_lazy("Cho việc từ ngày"))
    valid_until = DayField(label=gettext_lazy("Thôi áp dụng từ ngày"), required=False)
    bodies = TextField(
        gettext_lazy("Mã các đơn vị được nói đến"),
        hint=gettext_lazy("Mỗi dòng một mã. Để trống: mọi đơn vị."),
        rows=2,
        spellcheck="false",
    )
    kinds = TickField(
        gettext_lazy("Loại văn bằng, chứng chỉ"), missing=gettext_lazy("Hãy chọn ít nhất một loại.")
    )
    checks = TickField(
        gettext_lazy("Quy tắc mà ý kiến này trả lời"),
        missing=gettext_lazy("Hãy chọn ít nhất một quy tắc."),
        hint=gettext_lazy("Mã quy tắc đứng dưới mỗi kết quả kiểm tra."),
    )

    def __init__(self, *args: Any, kinds: Choices, known: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        rules = [(check.id, check.id) for check in checks()]
        offer(self, "kinds", kinds)
        offer(self, "checks", rules)

    def clean_bodies(self) -> Sequence[str]:
        """Return the codes; refuse one nobody bears."""
        codes = str(self.cleaned_data["bodies"]).split()
        unknown = [code for code in codes if code not in self.known]
        if unknown:
            raise forms.ValidationError(
                gettext("Không có đơn vị nào mang mã %(codes)s."),
                code="unknown",
                params={"codes": ", ".join(unknown)},
            )
        return codes

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        data = super().clean() or self.cleaned_data
        first, until = data.get("valid_from"), data.get("valid_until")
        if isinstance(first, date) and isinstance(until, date) and until <= first:
            self.add_error("valid_until", gettext("Ngày này phải sau ngày bắt đầu."))
        return data


class _RunForm(PlainForm):
    """Blanks of one kind with serials from the first to the last."""

    kind = KindField()
    first = TextField(
        gettext_lazy("Số hiệu đầu"), missing=gettext_lazy("Hãy nhập số hiệu đầu."), most=40
    )

    def __init__(self, *args: Any, kinds: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", [("", "—"), *kinds])


class BlanksForm(_RunForm):
    """A run of blanks that comes into the body's keeping."""

    source = RadioField(
        label=gettext_lazy("Phôi từ đâu"),
        choices=[
            ("received", gettext_lazy("Nhận theo phiếu giao")),
            ("printed", gettext_lazy("Đơn vị tự in")),
            ("opening", gettext_lazy("Tồn đầu kỳ, theo biên bản kiểm kê")),
        ],
        error_messages={"required": gettext_lazy("Hãy chọn phôi từ đâu.")},
    )
    last = TextField(
        gettext_lazy("Số hiệu cuối"), missing=gettext_lazy("Hãy nhập số hiệu cuối."), most=40
    )
    document = TextField(
        gettext_lazy("Số phiếu giao hoặc biên bản"),
        missing=gettext_lazy("Hãy nhập số phiếu hoặc biên bản."),
        most=120,
    )
    on = DayField(label=gettext_lazy("Ngày nhập phôi"))
    field_order = ("source", "kind", "first", "last", "document", "on")


class RevokeForm(PlainForm):
    """The decision that revokes a line."""

    decision_number = TextField(
        gettext_lazy("Số quyết định thu hồi"),
        missing=gettext_lazy("Hãy nhập số quyết định thu hồi."),
        most=120,
    )
    decision_date = DayField(label=gettext_lazy("Ngày quyết định"))
    ground = TextField(
        gettext_lazy("Căn cứ thu hồi"),
        missing=gettext_lazy("Hãy nhập căn cứ thu hồi."),
        most=300,
        hint=gettext_lazy("Điểm, khoản, điều và văn bản. Ví dụ: điểm c khoản 1 Điều 25 …"),
    )
    reason = TextField(
        gettext_lazy("Việc đã xảy ra"),
        missing=gettext_lazy("Hãy ghi việc đã xảy ra."),
        most=500,
        rows=3,
    )


class RevokeListForm(RevokeForm):
    """The decision that revokes several lines, and which."""

    words = TextField(
        gettext_lazy("Mã tra cứu hoặc số hiệu"),
        missing=gettext_lazy("Hãy nhập ít nhất một mã hoặc số hiệu."),
        hint=gettext_lazy("Mỗi dòng một mã hoặc một số hiệu, nhiều nhất 5.000."),
        rows=8,
        spellcheck="false",
    )
    field_order = ("words", "decision_number", "decision_date", "ground", "reason")

    def clean_words(self) -> list[str]:
        """Return what stands on the lines, each once."""
        typed = str(self.cleaned_data["words"]).splitlines()
        words = list(dict.fromkeys(word.strip() for word in typed if word.strip()))
        if len(words) > MOST_WORDS:
            raise forms.ValidationError(
                gettext("Nhiều nhất %(most)s dòng một lần."), params={"most": MOST_WORDS}
            )
        return words


class WithdrawForm(PlainForm):
    """Why a proposed revocation is given up."""

    reason = TextField(
        gettext_lazy("Lý do rút đề nghị"), missing=gettext_lazy("Hãy ghi lý do rút."), most=500
    )


class EndBlanksForm(_RunForm):
    """A run of blanks that is spoiled, destroyed or lost."""

    what = RadioField(
        label=gettext_lazy("Việc gì với phôi"),
        choices=[
            ("spoil", gettext_lazy("Hỏng, chờ hủy")),
            ("destroy", gettext_lazy("Đã hủy, theo biên bản của hội đồng")),
            ("lost", gettext_lazy("Mất, đã báo công an")),
        ],
        error_messages={"required": gettext_lazy("Hãy chọn việc gì với phôi.")},
    )
    last = TextField(
        gettext_lazy("Số hiệu cuối"), most=40, hint=gettext_lazy("Để trống: chỉ một phôi.")
    )
    document = TextField(
        gettext_lazy("Số biên bản hủy, hoặc văn bản báo công an"),
        most=120,
        hint=gettext_lazy("Phải có khi hủy hoặc mất."),
    )
    reason = TextField(gettext_lazy("Lý do"), missing=gettext_lazy("Hãy nêu lý do."), most=300)
    on = DayField(label=gettext_lazy("Ngày"))
    field_order = ("what", "kind", "first", "last", "document", "reason", "on")

    def clean(self) -> dict[str, Any]:
        """Demand the paper where the law wants one."""
        data = super().clean() or self.cleaned_data
        if data.get("what") in {"destroy", "lost"} and not data.get("document"):
            self.add_error("document", gettext("Hãy nhập số biên bản hoặc văn bản."))
        return data
