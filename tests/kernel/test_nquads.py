"""Compiled templates: what their values may hold."""

import pytest

from sogoc.kernel.nquads import Template, TemplateError, token

SLOT = token("name")
TEMPLATE = Template(f'{{"name":"{SLOT}"}}', [f'<urn:a> <urn:b> "{SLOT}" .'])


@pytest.mark.parametrize(
    "character", ["\0", "\t", "\r", "\x1f", "\x7f", "\x80", "\x9f", "\ufffe", "\uffff", "\ud800"]
)
def test_characters_that_programs_write_differently_are_refused(character: str) -> None:
    with pytest.raises(TemplateError):
        TEMPLATE.render({"name": f"Y Bhăm{character}"})


@pytest.mark.parametrize("text", ["", "a\nb", "\u00a0", "©", "\ufffd", "H'Len Mlô", "𝔸", '"\\'])
def test_other_texts_stand_in_both_forms_alike(text: str) -> None:
    written, lines = TEMPLATE.render({"name": text})
    form = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    assert written == f'{{"name":"{form}"}}'
    assert lines.decode() == f'<urn:a> <urn:b> "{form}" .\n'


def test_a_value_missing_or_too_many_is_refused() -> None:
    for values in ({}, {"name": "a", "more": "b"}):
        with pytest.raises(TemplateError):
            TEMPLATE.render(values)
