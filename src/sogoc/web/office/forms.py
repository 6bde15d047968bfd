"""Forms of the office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, gettext_lazy

from sogoc.intake.api import FIELDS, IGNORE, Limits, Question, label
from sogoc.web.forms import (
    DayField,
    PasswordField,
    PlainForm,
    RadioField,
    SelectField,
    SheetFileField,
    TextField,
    WholeField,
)
from sogoc.web.templatetags.sogoc_web import in_words

Choices = Sequence[tuple[str, Any]]


def offer(form: forms.Form, name: str, choices: Choices) -> None:
    """Give a field of a form the choices of this request."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - what the form's class says
    field.choices = choices


class KindField(SelectField):
    """A kind of diploma or certificate."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("Loại văn bằng, chứng chỉ"),
            missing=gettext_lazy("Hãy chọn loại văn bằng, chứng chỉ."),
        )


class SignInForm(PlainForm):
    """Name and password of an account."""

    username = TextField(
        gettext_lazy("Tên tài khoản"),
        missing=gettext_lazy("Hãy nhập tên tài khoản."),
        most=80,
        autocomplete="username",
        autocapitalize="none",
    )
    password = PasswordField(
        gettext_lazy("Mật khẩu"),
        missing=gettext_lazy("Hãy nhập mật khẩu."),
        autocomplete="current-password",
    )


class ListForm(PlainForm):
    """The list and the act it is for."""

    file = SheetFileField(
        gettext_lazy("Tệp danh sách"),
        missing=gettext_lazy("Hãy chọn tệp danh sách."),
        hint=gettext_lazy(
            "Bảng tính .xlsx, .ods, .xls hoặc .csv, đúng như đơn vị đang dùng. Chữ theo bảng mã "
            "TCVN3 (ABC) hoặc VNI được nhận ra và hỏi lại trước khi chuyển."
        ),
    )
    kind = KindField()
    level = WholeField(
        gettext_lazy("Bậc, trình độ"),
        least=1,
        most=8,
        hint=gettext_lazy("Chỉ với loại có bậc, ví dụ ngoại ngữ bậc 3."),
    )
    issuer = SelectField(gettext_lazy("Đơn vị cấp"), missing=gettext_lazy("Hãy chọn đơn vị cấp."))
    signatory = TextField(
        gettext_lazy("Chức danh người ký, đúng như sẽ in"),
        missing=gettext_lazy("Hãy nhập chức danh người ký."),
        most=120,
        hint=gettext_lazy("Ví dụ: GIÁM ĐỐC; hoặc KT. GIÁM ĐỐC - PHÓ GIÁM ĐỐC."),
    )
    issued_on = DayField(label=gettext_lazy("Ngày cấp"))
    exam_date = DayField(label=gettext_lazy("Ngày thi"), required=False)
    decision_number = TextField(gettext_lazy("Số quyết định công nhận"), most=120)
    decision_date = DayField(label=gettext_lazy("Ngày quyết định"), required=False)
    decision_by = TextField(gettext_lazy("Nơi ra quyết định"), most=300, list="bodies")
    decision_signer = TextField(gettext_lazy("Người ký quyết định"), most=200)
    decision_count = WholeField(gettext_lazy("Số người trong quyết định"), least=1)
    submitted_by = TextField(
        gettext_lazy("Đơn vị lập danh sách"),
        most=80,
        hint=gettext_lazy("Nếu khác đơn vị cấp."),
        list="bodies",
    )
    learners_confirmed_on = DayField(
        label=gettext_lazy("Ngày người học xác nhận thông tin"), required=False
    )

    def __init__(
        self, *args: Any, kinds: Choices, issuers: Choices, kept_file: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = [name for _code, name in issuers]
        if kept_file:
            file = self.fields["file"]
            file.required = False
            file.help_text = gettext("Đang dùng tệp %(name)s; chỉ chọn khi thay tệp khác.") % {
                "name": kept_file
            }
        offer(self, "kind", [("", "—"), *kinds])
        offer(self, "issuer", [("", "—"), *issuers])

    def clean_file(self) -> UploadedFile[bytes] | None:
        """Refuse what is too large before it is read into memory; None keeps the file there is."""
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        limit = Limits().max_bytes
        if file is not None and file.size is not None and file.size > limit:
            raise forms.ValidationError(
                gettext("Tệp lớn hơn %(limit)s MB. Hãy chia thành nhiều tệp."),
                code="too_large",
                params={"limit": limit // (1024 * 1024)},
            )
        return file

    def clean(self) -> dict[str, Any]:
        """Demand number, day and place of the decision together or not at all."""
        data = super().clean() or self.cleaned_data
        together = ("decision_number", "decision_date", "decision_by")
        if any(data.get(name) for name in together):
            for name in together:
                if not data.get(name) and name not in self.errors:
                    self.add_error(
                        name, gettext("Quyết định cần đủ số, ngày và nơi ra quyết định.")
                    )
        return data


class SheetForm(PlainForm):
    """Which sheet of the file, and who issues what stands on it."""

    sheet = RadioField(
        label=gettext_lazy("Trang tính"),
        error_messages={"required": gettext_lazy("Hãy chọn trang tính.")},
    )
    issuer = forms.ChoiceField(label=gettext_lazy("Đơn vị cấp cho trang này"))

    def __init__(self, *args: Any, sheets: Sequence[str], issuers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "sheet", [(s, s) for s in sheets])
        offer(self, "issuer", list(issuers))


class ColumnsForm(PlainForm):
    """One choice for each header that could not be mapped; nothing is guessed."""

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_about_text = all(asked.code == "old_text" for asked in questions)
        self.keys: dict[str, str] = {}
        for number, asked in enumerate(questions):
            name = f"q{number}"
            self.keys[name] = asked.key
            if asked.code == "old_text":
                self.fields[name] = RadioField(
                    label=gettext("Bảng mã chữ cũ"),
                    help_text=in_words(asked.text),
                    choices=[(said, in_words(label(said))) for said in asked.suggestions],
                    error_messages={"required": gettext("Hãy cho biết chuyển như vậy đúng chưa.")},
                )
                continue
            self.fields[name] = forms.ChoiceField(
                label=asked.header or gettext("Cột nào là họ tên?"),
                help_text=in_words(asked.text),
                choices=_answers(asked),
                error_messages={"required": gettext("Hãy chọn nội dung của cột này.")},
                widget=forms.Select({"class": "input"}),
            )

    def answers(self) -> dict[str, str]:
        """Return what was chosen, by the key of the question."""
        found: dict[str, str] = {}
        for name, key in self.keys.items():
            chosen = self.cleaned_data[name]
            if key:
                found[key] = chosen
            else:  # "which column holds the name?" is answered by a column
                found[chosen] = "full_name"
        return found


def _answers(asked: Question) -> Choices:
    if asked.code in {"old_text", "supplement_sheet"}:
        return [("", "—"), *((said, in_words(label(said))) for said in asked.suggestions)]
    if asked.column is None:
        return [("", "—"), *((key, key) for key in asked.suggestions)]
    rest = [name for name in FIELDS if name not in asked.suggestions]
    likely = [(name, in_words(label(name))) for name in asked.suggestions]
    others = [(name, in_words(label(name))) for name in rest]
    choices: list[tuple[str, Any]] = [("", "—"), (IGNORE, in_words(label(IGNORE)))]
    if likely:
        choices.append((gettext("Có thể là"), likely))
    choices.append((gettext("Mọi nội dung"), others))
    return choices


class MisprintForm(PlainForm):
    """A blank that came out wrong: whose, and why."""

    row = WholeField(
        gettext_lazy("Thứ tự trong đợt"),
        missing=gettext_lazy("Hãy nhập thứ tự của người trong đợt."),
        least=1,
    )
    reason = TextField(
        gettext_lazy("Lý do hỏng"), missing=gettext_lazy("Hãy nhập lý do hỏng."), most=300
    )


class DayForm(PlainForm):
    """The day a paper act was done."""

    day = DayField(label=gettext_lazy("Ngày"))


class ReasonForm(PlainForm):
    """Why a batch is given up."""

    reason = TextField(
        gettext_lazy("Lý do hủy"), missing=gettext_lazy("Hãy nhập lý do hủy."), most=500, rows=3
    )


class IssueForm(PlainForm):
    """The key that makes a repeated click the same issue."""

    key = forms.CharField(max_length=80, widget=forms.HiddenInput())


class SearchForm(PlainForm):
    """Words to look for in the register."""

    q = TextField(
        gettext_lazy("Tìm theo họ tên, số hiệu hoặc số vào sổ"),
        most=100,
        hint=gettext_lazy("Không cần gõ dấu."),
        autocomplete="off",
    )
