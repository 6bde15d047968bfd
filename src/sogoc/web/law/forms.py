"""Questions to the law. The names of fields are those of the address, which people cite."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext, gettext_lazy

from sogoc.policy.api import ACTS, Law
from sogoc.web.forms import DateWidget, DayField, PlainForm
from sogoc.web.law.words import ACTS as ACT_WORDS
from sogoc.web.law.words import CATEGORIES, STANDINGS
from sogoc.web.templatetags.sogoc_web import in_words

ADDRESS: Final = {
    "kind": "loai",
    "day": "ngay",
    "act": "viec",
    "capacity": "tu-cach",
    "title": "chuc-danh",
    "level": "bac",
    "words": "q",
    "old": "tu-ngay",
    "new": "den-ngay",
}
"""Field names in addresses. They are cited in letters: never rename one."""


class AddressForm(PlainForm):
    """A form sent by GET, whose fields bear the names of `ADDRESS`."""

    def add_prefix(self, field_name: str) -> str:
        """Return the name of a field in the address."""
        return ADDRESS.get(field_name, field_name)


class AddressDay(DateWidget):
    """Three boxes that also read one whole day from the address: `ngay=2019-07-07`."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """Return `[day, month, year]`; a whole day is split, anything else left in the first."""
        whole = str(data.get(name) or "").strip()
        if not whole:
            return super().value_from_datadict(data, files, name)
        try:
            return self.decompress(date.fromisoformat(whole))
        except ValueError:
            return [whole, "", ""]


class WordField(forms.ChoiceField):
    """A choice that also understands old names and synonyms; `ids` maps a word to an id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ids: Callable[[str], str | None] = _unknown  # the form, which knows the law, sets it

    def to_python(self, value: Any) -> str:
        """Return the id of what was named, or the word itself when nobody knows it."""
        word = super().to_python(value)
        return self.ids(word) or word if word else word


def _unknown(_word: str) -> None:
    return None


class QuestionForm(AddressForm):
    """Who may issue what, on which day."""

    kind = WordField(
        label=gettext_lazy("Loại văn bằng, chứng chỉ"),
        error_messages={
            "required": gettext_lazy("Hãy chọn loại văn bằng, chứng chỉ."),
            "invalid_choice": gettext_lazy("Không có loại này trong danh mục."),
        },
    )
    day = DayField(
        label=gettext_lazy("Ngày của việc đó"),
        help_text=gettext_lazy("Luật của chính ngày này được dùng. Ví dụ: 7 7 2019"),
        widget=AddressDay(),
    )
    act = forms.ChoiceField(label=gettext_lazy("Việc"), required=False)
    capacity = WordField(
        label=gettext_lazy("Tư cách của đơn vị"),
        help_text=gettext_lazy("Để trống nếu chỉ muốn biết ai được làm."),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Không có tư cách này trong danh mục.")},
    )
    title = forms.CharField(
        label=gettext_lazy("Chức danh người ký"),
        help_text=gettext_lazy("Đúng như ghi trên văn bằng. Ví dụ: KT. GIÁM ĐỐC"),
        max_length=120,
        required=False,
    )
    level = forms.IntegerField(
        label=gettext_lazy("Bậc"),
        help_text=gettext_lazy("Chỉ với chứng chỉ có bậc. Ví dụ: 3"),
        min_value=1,
        max_value=9,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "class": "input--short"}),
        error_messages={"invalid": gettext_lazy("Bậc là một con số.")},
    )

    def __init__(self, data: Any = None, *, law: Law, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        kind, capacity, act = self.fields["kind"], self.fields["capacity"], self.fields["act"]
        kind.choices = _kinds(law)  # type: ignore[attr-defined] # a ChoiceField
        kind.ids = lambda word: _id(law.find_kind(word))  # type: ignore[attr-defined] # ours
        capacity.choices = [  # type: ignore[attr-defined] # a ChoiceField
            ("", gettext("Chưa nói")),
            *((c.id, in_words(c.name)) for c in law.capacities.values()),
        ]
        capacity.ids = law.find_capacity  # type: ignore[attr-defined] # ours
        act.choices = [(a, ACT_WORDS[a]) for a in ACTS]  # type: ignore[attr-defined] # a ChoiceField

    def address(self) -> dict[str, str]:
        """The shortest parameters that ask the same; only for a valid form."""
        said = self.cleaned_data
        pairs = {
            "kind": said["kind"],
            "day": said["day"].isoformat(),
            "act": "" if said["act"] in ("", "issue") else said["act"],
            "capacity": said["capacity"],
            "title": " ".join(said["title"].split()),
            "level": "" if said["level"] is None else str(said["level"]),
        }
        return {ADDRESS[name]: value for name, value in pairs.items() if value}


class DayForm(AddressForm):
    """A day on which to read an instrument."""

    day = DayField(
        label=gettext_lazy("Đọc theo ngày"),
        help_text=gettext_lazy("Để trống để xem mọi thời kỳ."),
        required=False,
        widget=AddressDay(),
    )


class ChangesForm(AddressForm):
    """Two days whose law is compared."""

    old = DayField(label=gettext_lazy("Luật của ngày"), widget=AddressDay())
    new = DayField(label=gettext_lazy("So với luật của ngày"), widget=AddressDay())

    def address(self) -> dict[str, str]:
        """The shortest parameters that ask the same; only for a valid form."""
        return {ADDRESS[name]: self.cleaned_data[name].isoformat() for name in ("old", "new")}


class SearchForm(AddressForm):
    """Words looked for."""

    words = forms.CharField(
        label=gettext_lazy("Tìm trong luật"),
        help_text=gettext_lazy(
            "Tên cũ, chữ tắt và chữ không dấu đều được. Ví dụ: ptth · dieu 17 ttlt 17 · so goc"
        ),
        max_length=100,
        required=False,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].is_one_of_several = True  # type: ignore[attr-defined] # no "optional"


def _id(kind: Any) -> str | None:
    return kind.id if kind is not None else None


def _kinds(law: Law) -> list[Any]:
    """Kinds to choose from: those the matrix decides by category, then old ones, then papers."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind in law.kinds.values():
        is_current = kind.standing == "current"
        heading = CATEGORIES[kind.category] if is_current else STANDINGS[kind.standing].text
        groups.setdefault(str(heading), []).append((kind.id, in_words(kind.name)))
    return [("", gettext("Chọn một loại")), *groups.items()]
