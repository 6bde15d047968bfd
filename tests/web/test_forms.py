"""Fields and forms."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django import forms
from django.utils.datastructures import MultiValueDict

from sogoc.intake.api import IGNORE, Question
from sogoc.kernel.identifiers import new_lookup_code
from sogoc.kernel.text import Text
from sogoc.web.forms import DayField, PlainForm
from sogoc.web.office.forms import ColumnsForm, ListForm
from sogoc.web.public.forms import CodeForm, SerialForm


class OneDay(PlainForm):
    born = DayField(label="Ngày sinh", help_text="Ví dụ")


def day(parts: list[str]) -> OneDay:
    names = ("born_day", "born_month", "born_year")
    return OneDay(dict(zip(names, parts, strict=True)))


@pytest.mark.parametrize(
    "parts",
    [["7", "9", "2001"], ["07", "09", "2001"], ["7/9/2001", "", ""], ["2001-09-07", "", ""]],
)
def test_day_is_read(parts: list[str]) -> None:
    form = day(parts)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["born"] == date(2001, 9, 7)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (["", "", ""], "required"),
        (["7", "", "2001"], "incomplete"),
        (["7", "9", "01"], "incomplete"),
        (["31", "2", "2001"], "invalid"),
        (["٧", "9", "2001"], "incomplete"),
    ],
)
def test_day_says_what_is_wrong(parts: list[str], code: str) -> None:
    form = day(parts)
    assert not form.is_valid()
    assert [error.code for error in form.errors.as_data()["born"]] == [code]


def test_day_shows_what_was_typed_and_the_boxes_are_labelled() -> None:
    shown = str(day(["31", "2", "2001"])["born"])
    assert shown.count("<label") == 3
    assert 'value="31"' in shown
    assert str(OneDay(initial={"born": date(2001, 9, 7)})["born"]).count('value="0') == 2


def test_inputs_bear_the_class_of_the_design_system() -> None:
    class Some(PlainForm):
        name = forms.CharField(widget=forms.TextInput({"class": "input--code"}))

    assert 'class="input input--code"' in str(Some()["name"])


def test_look_up_code_is_forgiving() -> None:
    code = new_lookup_code(bytes(range(10)))
    form = CodeForm({"code": code.lower().replace("-", " ")})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["code"] == code


def test_a_mistyped_code_is_told_without_asking_the_register() -> None:
    code = new_lookup_code(bytes(range(10)))
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    assert not CodeForm({"code": wrong}).is_valid()


def test_serial_form_demands_birth_date_or_name() -> None:
    said = {"serial": "A1", "entry_number": "1/2025"}
    assert not SerialForm(said).is_valid()
    assert SerialForm({**said, "full_name": "H'Len Mlô"}).is_valid()
    born = {"birth_date_day": "1", "birth_date_month": "2", "birth_date_year": "2000"}
    assert SerialForm({**said, **born}).is_valid()


def question(key: str, column: int | None, *suggestions: str) -> Question:
    return Question("unknown_header", key, key, column, suggestions, Text("Là gì?", "What?"))


def test_columns_are_asked_never_guessed() -> None:
    asked = [question("Cột lạ", 3, "note"), question("", None, "Tên", "Họ tên")]
    form = ColumnsForm(questions=asked)
    assert form["q0"].initial is None
    assert not ColumnsForm({"q0": "", "q1": ""}, questions=asked).is_valid()
    answered = ColumnsForm({"q0": IGNORE, "q1": "Họ tên"}, questions=asked)
    assert answered.is_valid(), answered.errors
    assert answered.answers() == {"Cột lạ": IGNORE, "Họ tên": "full_name"}


def test_decision_is_given_whole_or_not_at_all() -> None:
    def errors(**said: Any) -> set[str]:
        form = ListForm(
            MultiValueDict({name: [value] for name, value in said.items()}), kinds=[], issuers=[]
        )
        form.is_valid()
        return {name for name in form.errors if name.startswith("decision")}

    assert errors() == set()
    assert errors(decision_number="45/QĐ") == {"decision_date", "decision_by"}
