"""Forms of the public look-up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from sogoc.kernel.identifiers import LookupCodeError, parse_lookup_code
from sogoc.web.forms import DayField, PlainForm
from sogoc.web.templatetags.sogoc_web import in_words


class CodeForm(PlainForm):
    """The look-up code printed on the credential; cleans to its canonical form."""

    code = forms.CharField(
        label=gettext_lazy("Mã tra cứu"),
        help_text=gettext_lazy(
            "In cạnh mã QR, bắt đầu bằng SG. Ví dụ: SG-XXXX-XXXX-XXXX-XXXX-XX. "
            "Viết thường, thiếu dấu gạch cũng được."
        ),
        max_length=60,
        error_messages={"required": gettext_lazy("Hãy nhập mã tra cứu.")},
        widget=forms.TextInput(
            {
                "class": "input--code",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )

    def clean_code(self) -> str:
        """Return the canonical code; a slip of the pen is said here, before anything is asked."""
        try:
            return parse_lookup_code(self.cleaned_data["code"])
        except LookupCodeError as error:
            raise forms.ValidationError(in_words(error.message), code=error.code) from error


class SerialForm(PlainForm):
    """What is printed on the paper: serial, entry number, and one thing about the holder."""

    serial = forms.CharField(
        label=gettext_lazy("Số hiệu"),
        help_text=gettext_lazy("In sẵn trên phôi, thường gồm chữ và số. Ví dụ: CNTT 0001234."),
        max_length=40,
        error_messages={"required": gettext_lazy("Hãy nhập số hiệu.")},
        widget=forms.TextInput({"class": "input--code", "autocomplete": "off"}),
    )
    entry_number = forms.CharField(
        label=gettext_lazy("Số vào sổ gốc"),
        help_text=gettext_lazy("Ghi ở cuối văn bằng, chứng chỉ. Ví dụ: 0012/2025/CNTTCB."),
        max_length=60,
        error_messages={"required": gettext_lazy("Hãy nhập số vào sổ gốc.")},
        widget=forms.TextInput({"class": "input--code", "autocomplete": "off"}),
    )
    birth_date = DayField(label=gettext_lazy("Ngày sinh của người được cấp"), required=False)
    full_name = forms.CharField(
        label=gettext_lazy("Hoặc họ và tên của người được cấp"),
        help_text=gettext_lazy("Viết đủ dấu, đúng như in trên văn bằng, chứng chỉ."),
        required=False,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("birth_date", "full_name"):  # neither is optional while the other is empty
            self.fields[name].is_one_of_several = True  # type: ignore[attr-defined] # ours

    def clean(self) -> dict[str, Any]:
        """Demand one thing about the holder."""
        data = super().clean() or self.cleaned_data
        asked = "birth_date" in data and "full_name" in data
        if asked and not data["birth_date"] and not data["full_name"]:
            self.add_error("birth_date", gettext("Hãy nhập ngày sinh hoặc họ và tên."))
        return data


class FileForm(PlainForm):
    """The file to be checked."""

    file = forms.FileField(
        label=gettext_lazy("Tệp"),
        help_text=gettext_lazy(
            "Bản số ký điện tử (.pdf), chứng thực số (.json, .xml) hoặc biên nhận kiểm tệp (.txt). "
            "Nhiều nhất 5 MB. Ảnh chụp, bản quét không kiểm được."
        ),
        error_messages={
            "required": gettext_lazy("Hãy chọn tệp để kiểm."),
            "missing": gettext_lazy("Hãy chọn tệp để kiểm."),
            "empty": gettext_lazy("Tệp này rỗng."),
        },
    )


class ReceiptForm(PlainForm):
    """The token of a receipt that was prepared."""

    token = forms.CharField(max_length=20_000, widget=forms.HiddenInput())
