"""Fields and widgets every form of ours uses: labelled, hinted, worded errors, no script."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

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
