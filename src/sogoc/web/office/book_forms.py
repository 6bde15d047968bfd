"""Forms of paper books on their way into the register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, gettext_lazy

from sogoc.credentials.digitisation import api as digitisation
from sogoc.intake.api import label
from sogoc.web.forms import (
    DayField,
    PlainForm,
    RadioField,
    SelectField,
    SheetFileField,
    TextField,
    TickField,
    WholeField,
)
from sogoc.web.office.forms import Choices, KindField, offer
from sogoc.web.templatetags.sogoc_web import in_words

USUAL_COLUMNS: Final = (
    "full_name",
    "birth_date",
    "birth_place",
    "sex",
    "grade",
    "serial",
    "entry_number",
    "issued_on",
    "faults",
)
"""Columns of most old books; others are chosen on the page."""


def column_label(name: str) -> str:
    """Return how a field of a keyed line is called."""
    return in_words(label("book_fault" if name == "faults" else name))


def written(field: str, text: str) -> str:
    """Return a value as a page writes it: whether a line stands there, and faults, in words."""
    if field == digitisation.LINE:
        return gettext("có") if text == digitisation.KEPT else gettext("không")
    if field == "faults":
        codes = [code for code in text.split(", ") if code]
        return ", ".join(in_words(digitisation.FAULTS[code]) for code in codes)
    return text


class OpenForm(PlainForm):
    """Which stretch of pages of which book, and how it is brought in."""

    issuer = SelectField(
        gettext_lazy("Đơn vị đã cấp"), missing=gettext_lazy("Hãy chọn đơn vị đã cấp.")
    )
    kind = KindField()
    title = TextField(
        gettext_lazy("Tên quyển sổ, như trên bìa"),
        missing=gettext_lazy("Hãy nhập tên quyển sổ."),
        most=200,
    )
    year_from = WholeField(
        gettext_lazy("Năm đầu của sổ"), missing=gettext_lazy("Hãy nhập năm đầu của sổ.")
    )
    year_to = WholeField(
        gettext_lazy("Năm cuối của sổ"), missing=gettext_lazy("Hãy nhập năm cuối của sổ.")
    )
    first_page = WholeField(gettext_lazy("Từ trang"), missing=gettext_lazy("Hãy nhập trang đầu."))
    last_page = WholeField(gettext_lazy("Đến trang"), missing=gettext_lazy("Hãy nhập trang cuối."))
    method = RadioField(
        label=gettext_lazy("Hai người làm thế nào"),
        choices=[
            ("twice", gettext_lazy("Hai người nhập độc lập, không thấy bản của nhau")),
            ("compare", gettext_lazy("Một người nhập, người kia đối chiếu từng dòng với ảnh")),
        ],
    )
    signatory_title = TextField(gettext_lazy("Chức danh người ký ghi ở sổ"), most=200)
    signatory_name = TextField(gettext_lazy("Họ tên người ký ghi ở sổ"), most=200)

    def __init__(self, *args: Any, kinds: Choices, issuers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("kind", kinds), ("issuer", issuers)):
            offer(self, name, [("", "—"), *choices])


class _Several(forms.ClearableFileInput):
    allow_multiple_selected = True


class PictureField(forms.FileField):
    """One or more files; cleans to a list of them."""

    widget = _Several

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        """Return the files, each checked as one is."""
        files = data if isinstance(data, list) else [data]
        return [super(PictureField, self).clean(each, initial) for each in files or [None]]


class PicturesForm(PlainForm):
    """Pictures of pages that follow one another."""

    page = WholeField(
        gettext_lazy("Trang của ảnh đầu"), missing=gettext_lazy("Hãy nhập trang của ảnh đầu.")
    )
    pictures = PictureField(
        label=gettext_lazy("Ảnh các trang"),
        help_text=gettext_lazy(
            "JPEG, PNG, TIFF hoặc PDF, mỗi tệp một trang. Chọn nhiều tệp thì xếp theo tên tệp."
        ),
        error_messages={
            "required": gettext_lazy("Hãy chọn ảnh."),
            "empty": gettext_lazy("Tệp này rỗng."),
        },
        widget=_Several({"accept": ".jpg,.jpeg,.png,.tif,.tiff,.pdf"}),
    )
    again_because = TextField(
        gettext_lazy("Lý do làm lại"),
        most=500,
        hint=gettext_lazy("Chỉ khi trang đã nhập và phải nhập lại từ đầu với ảnh khác."),
    )


class ColumnsForm(PlainForm):
    """Which columns the book has."""

    columns = TickField(gettext_lazy("Các cột của quyển sổ này"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [name for name in digitisation.KEYED if name != "full_name"]
        offer(self, "columns", [(name, column_label(name)) for name in names])
        self.fields["columns"].is_one_of_several = True  # type: ignore[attr-defined] # no "optional"


class LineForm(PlainForm):
    """One line of a page; `base` is what the first person read, when it is being compared."""

    line = forms.IntegerField(
        label=gettext_lazy("Dòng"),
        required=False,
        min_value=1,
        max_value=10_000,
        widget=forms.TextInput({"inputmode": "numeric"}),
    )

    def __init__(
        self,
        *args: Any,
        columns: Sequence[str],
        base: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.base = base
        self.columns = columns
        if base is not None:
            self.fields["line"].disabled = True
        for name in columns:
            self.fields[name] = forms.CharField(
                label=column_label(name),
                required=False,
                max_length=500,
                widget=forms.TextInput({"class": "input", "autocomplete": "off"}),
            )
        if base is not None:
            self.fields["absent"] = forms.ChoiceField(
                label=gettext("Dòng này"),
                required=False,
                choices=[("", gettext("có trong sổ")), ("yes", gettext("không có trong sổ"))],
                widget=forms.Select({"class": "input"}),
            )
        for field in self.fields.values():
            field.is_one_of_several = True  # type: ignore[attr-defined] # no "optional"

    def clean(self) -> dict[str, Any]:
        """Demand a line number where anything is written."""
        data = super().clean() or self.cleaned_data
        if any(data.get(name) for name in self.columns) and data.get("line") is None:
            self.add_error("line", gettext("Hãy nhập số dòng như trên giấy."))
        return data

    def values(self) -> dict[str, str]:
        """Return what was typed, empty fields left out."""
        return {name: text for name in self.columns if (text := self.cleaned_data[name])}

    def corrections(self) -> dict[str, str]:
        """Return the fields typed otherwise than the first person read them."""
        base = self.base or {}
        typed = {name: self.cleaned_data[name] for name in self.columns}
        return {
            name: text for name, text in typed.items() if text != written(name, base.get(name, ""))
        }

    @property
    def is_absent(self) -> bool:
        """Whether the line does not stand on the page."""
        return bool(self.cleaned_data.get("absent"))


class NoteForm(PlainForm):
    """Why a page has no lines."""

    note = TextField(
        gettext_lazy("Trang không có dòng nào: lý do"),
        most=300,
        hint=gettext_lazy("Ví dụ: trang trắng; rách mất. Để trống nếu có dòng."),
    )


class Lines:
    """The lines of a page as one form: what the error summary needs, and what was typed."""

    def __init__(self, forms_: Sequence[LineForm], note: NoteForm) -> None:
        self.forms = forms_
        self.note = note
        self.non_field_errors: list[str] = []

    def __iter__(self) -> Iterator[forms.BoundField]:
        for form in [*self.forms, self.note]:
            yield from form

    @property
    def errors(self) -> bool:
        """Whether anything typed cannot be taken."""
        return bool(self.non_field_errors) or any(
            form.errors for form in [*self.forms, self.note] if form.is_bound
        )

    def is_valid(self) -> bool:
        """Validate every line, and that no line number stands twice."""
        if self.errors:
            return False
        seen: set[int] = set()
        for form in self.written():
            number = form.cleaned_data["line"]
            if number in seen:
                form.add_error("line", gettext("Số dòng này có hai lần."))
            seen.add(number)
        return not self.errors

    def written(self) -> list[LineForm]:
        """Return the lines on which anything stands."""
        return [
            form
            for form in self.forms
            if form.is_bound and (form.base is not None or form.values())
        ]


class SettleForm(PlainForm):
    """What stands on paper where two persons read differently."""

    chosen = RadioField(
        label=gettext_lazy("Trên giấy ghi"),
        error_messages={"required": gettext_lazy("Hãy chọn điều ghi trên giấy.")},
    )
    value = TextField(
        gettext_lazy("Cách đọc khác"),
        most=500,
        hint=gettext_lazy("Chỉ khi chọn cách đọc khác. Chữ không đọc được viết [?]."),
        autocomplete="off",
    )
    reason = TextField(
        gettext_lazy("Lý do"),
        missing=gettext_lazy("Hãy nêu lý do."),
        most=500,
        hint=gettext_lazy("Ví dụ: xem lại ảnh, chữ “n” có hai nét."),
    )

    def __init__(self, *args: Any, found: digitisation.Difference, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = found
        if found.field == digitisation.LINE:
            del self.fields["value"]
            kept = (digitisation.KEPT, gettext("Có dòng này"))
            offer(self, "chosen", [kept, (digitisation.DROPPED, gettext("Không có dòng này"))])
            return
        readings = (("first", found.first), ("second", found.second))
        offer(
            self,
            "chosen",
            [
                *((n, written(found.field, text) or gettext("Để trống")) for n, text in readings),
                ("other", gettext("Cách đọc khác")),
            ],
        )

    def decided(self) -> str:
        """Return the text that stands on paper; only for a valid form."""
        chosen: str = self.cleaned_data["chosen"]
        if self.found.field == digitisation.LINE:
            return chosen
        other: str = self.cleaned_data["value"]
        return {"first": self.found.first, "second": self.found.second, "other": other}[chosen]


class WorkbookForm(PlainForm):
    """Pages keyed in a workbook."""

    file = SheetFileField(
        gettext_lazy("Bảng tính"),
        missing=gettext_lazy("Hãy chọn bảng tính."),
        hint=gettext_lazy(
            "Có cột Dòng, và cột Trang nếu nhiều trang; các cột khác như của sổ gốc."
        ),
    )
    page = WholeField(gettext_lazy("Trang, nếu bảng tính không có cột Trang"), least=1)


class MinutesForm(PlainForm):
    """Number and day of the minutes, and days of issue the book does not give in full.

    `texts` are what the book says instead of a full day; each gets a day of its own.
    """

    number = TextField(
        gettext_lazy("Số biên bản"), missing=gettext_lazy("Hãy nhập số biên bản."), most=120
    )
    on = DayField(label=gettext_lazy("Ngày biên bản"))

    def __init__(self, *args: Any, texts: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts = list(texts)
        for number, text in enumerate(self.texts):
            self.fields[f"text{number}"] = forms.CharField(
                initial=text, required=False, widget=forms.HiddenInput()
            )
            said = gettext("Ngày cấp của các dòng ghi “%(text)s”") % {"text": text}
            self.fields[f"day{number}"] = DayField(
                label=said if text else gettext("Ngày cấp của các dòng không ghi ngày")
            )
        if self.texts:
            self.fields["basis"] = forms.CharField(
                label=gettext("Căn cứ của các ngày ấy"),
                help_text=gettext("Ví dụ: quyết định công nhận; ngày ghi ở đầu sổ."),
                max_length=500,
                error_messages={"required": gettext("Hãy nêu căn cứ của các ngày ấy.")},
                widget=forms.TextInput({"class": "input"}),
            )

    def days(self) -> dict[str, Any]:
        """Return the day of each text; only for a valid form."""
        return {text: self.cleaned_data[f"day{n}"] for n, text in enumerate(self.texts)}


class WhyForm(PlainForm):
    """Why a step is taken back."""

    reason = TextField(
        gettext_lazy("Lý do"), missing=gettext_lazy("Hãy nêu lý do."), most=500, rows=3
    )
