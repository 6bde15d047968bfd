"""Fields and widgets every form of ours uses: labelled, hinted, worded errors, no script."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DATE_TEXT = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})|(\d{4})-(\d{1,2})-(\d{1,2})")


class PlainForm(forms.Form):
    """Base form: our input class on each widget; hints are tied to fields by Django itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for field in self.fields.values():
            if not isinstance(field.widget, (forms.RadioSelect, forms.CheckboxInput, DateWidget)):
                given = field.widget.attrs.get("class", "")
                field.widget.attrs["class"] = f"input {given}".strip()


class DateWidget(forms.MultiWidget):
    """Day, month and year in three boxes: no calendar script, no order to guess."""

    template_name = "web/widgets/date.html"
    use_fieldset = True

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            "day": forms.TextInput({"inputmode": "numeric", "maxlength": 2}),
            "month": forms.TextInput({"inputmode": "numeric", "maxlength": 2}),
            "year": forms.TextInput({"inputmode": "numeric", "maxlength": 4}),
        }
        super().__init__(boxes, dict(attrs) if attrs else None)

    def decompress(self, value: date | str | None) -> list[str]:
        """Split a date (or the text of one) over the boxes."""
        if isinstance(value, date):
            return [f"{value.day:02}", f"{value.month:02}", f"{value.year:04}"]
        return ["", "", ""]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """Return `[day, month, year]` as typed."""
        return [str(part or "").strip() for part in super().value_from_datadict(data, files, name)]


class DayField(forms.Field):
    """A day typed in three boxes. Cleans to `datetime.date`, or None when optional and empty."""

    widget = DateWidget
    default_error_messages = {  # noqa: RUF012 - Django's own shape
        "required": gettext_lazy("Hãy nhập ngày, tháng, năm."),
        "incomplete": gettext_lazy("Hãy nhập đủ ngày, tháng và năm (4 chữ số)."),
        "invalid": gettext_lazy("Ngày này không có trong lịch."),
    }

    def clean(self, value: Any) -> date | None:
        """Return the date; raise ValidationError when parts are missing or no such day exists."""
        parts = self._parts(value)
        if not any(parts):
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return None
        if not all(part.isascii() and part.isdigit() for part in parts) or len(parts[2]) != 4:
            raise forms.ValidationError(self.error_messages["incomplete"], code="incomplete")
        try:
            return date(int(parts[2]), int(parts[1]), int(parts[0]))
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error

    @staticmethod
    def _parts(value: Any) -> Sequence[str]:
        if isinstance(value, date):
            return [str(value.day), str(value.month), f"{value.year:04}"]
        parts = list(value or ["", "", ""])
        whole = DATE_TEXT.fullmatch(parts[0])  # a pasted 07/07/2019
        if whole and not any(parts[1:]):
            day, month, year, year2, month2, day2 = whole.groups()
            return [day or day2, month or month2, year or year2]
        return parts


class RadioField(forms.ChoiceField):
    """One answer of a few, all visible."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.RadioSelect()
        widget.template_name = "web/widgets/radio.html"
        super().__init__(widget=widget, **kwargs)


class TextField(forms.CharField):
    """A text; `missing` is said to who leaves it empty, and without it that is allowed.

    `most` counts characters; `rows` makes the box that high; `box` are attributes of the box.
    """

    def __init__(
        self,
        label: StrOrPromise,
        *,
        missing: StrOrPromise = "",
        most: int | None = None,
        hint: StrOrPromise = "",
        rows: int = 0,
        **box: str,
    ) -> None:
        super().__init__(
            label=label,
            help_text=hint,
            max_length=most,
            required=bool(missing),
            error_messages={"required": missing} if missing else None,
            widget=forms.Textarea({"rows": rows, **box}) if rows else forms.TextInput(box),
        )


class PasswordField(forms.CharField):
    """A password; `autocomplete` tells the browser whose."""

    def __init__(self, label: StrOrPromise, *, missing: StrOrPromise, autocomplete: str) -> None:
        super().__init__(
            label=label,
            max_length=200,
            strip=False,
            error_messages={"required": missing},
            widget=forms.PasswordInput({"autocomplete": autocomplete}),
        )


class WholeField(forms.IntegerField):
    """A whole number in a short box; `missing` as in `TextField`."""

    def __init__(
        self,
        label: StrOrPromise,
        *,
        missing: StrOrPromise = "",
        hint: StrOrPromise = "",
        least: int | None = None,
        most: int | None = None,
    ) -> None:
        super().__init__(
            label=label,
            help_text=hint,
            min_value=least,
            max_value=most,
            required=bool(missing),
            error_messages={"required": missing} if missing else None,
            widget=forms.TextInput({"class": "input--short", "inputmode": "numeric"}),
        )


class SelectField(forms.ChoiceField):
    """One answer of many, in a list; the form offers the choices."""

    def __init__(self, label: StrOrPromise, *, missing: StrOrPromise) -> None:
        super().__init__(label=label, error_messages={"required": missing})


class TickField(forms.MultipleChoiceField):
    """Several answers of a few, all visible; the form offers the choices."""

    def __init__(
        self, label: StrOrPromise, *, missing: StrOrPromise = "", hint: StrOrPromise = ""
    ) -> None:
        widget = forms.CheckboxSelectMultiple()
        widget.template_name = "web/widgets/radio.html"
        super().__init__(
            label=label,
            help_text=hint,
            required=bool(missing),
            error_messages={"required": missing} if missing else None,
            widget=widget,
        )


class SheetFileField(forms.FileField):
    """A workbook in one of the formats that are read."""

    def __init__(
        self, label: StrOrPromise, *, missing: StrOrPromise, hint: StrOrPromise = ""
    ) -> None:
        super().__init__(
            label=label,
            help_text=hint,
            error_messages={"required": missing, "empty": gettext_lazy("Tệp này rỗng.")},
            widget=forms.FileInput({"accept": ".xlsx,.ods,.xls,.csv"}),
        )
