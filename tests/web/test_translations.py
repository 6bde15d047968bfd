"""Both languages are complete, and the compiled catalogues are those of the sources."""

from __future__ import annotations

import gettext
import importlib.util
import io
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    path = ROOT / "tools" / "compile_messages.py"
    spec = importlib.util.spec_from_file_location("compile_messages", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_every_text_is_translated_and_compiled(tool: ModuleType) -> None:
    assert tool.problems() == []


def test_there_are_texts_to_translate(tool: ModuleType) -> None:
    assert len(tool.texts_of()) > 200


def test_texts_are_found_in_templates_and_in_python(tool: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        """{% translate "Một" %}<c-tag label="{% translate 'Hai' %}">
        {% blocktranslate with n=x.y %}Còn {{ n }} chỗ{% endblocktranslate %}
        {% blocktranslate count n=2 %}{{ n }} a{% plural %}{{ n }} b{% endblocktranslate %}""",
        "utf-8",
    )
    (tmp_path / "a.py").write_text('x = gettext("Ba")\ny = gettext_lazy("Bốn " "năm")\n', "utf-8")
    assert tool.texts_of(tmp_path) == {
        ("Một", None),
        ("Hai", None),
        ("Còn %(n)s chỗ", None),
        ("%(n)s a", "%(n)s b"),
        ("Ba", None),
        ("Bốn năm", None),
    }


def test_problems_are_named(tool: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (tmp_path / "a.html").write_text('{% translate "Một" %}{% translate "Hai" %}', "utf-8")
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Language: en\\n"\n\n'
        'msgid "Một"\nmsgstr ""\n\n'
        '#, fuzzy\nmsgid "Ba %(n)s"\nmsgstr "Three"\n',
        "utf-8",
    )
    found = tool.problems(tmp_path, tmp_path)
    assert found == [
        "en: missing 'Hai'",
        "en: unused 'Ba %(n)s'",
        "en: empty 'Một'",
        "en: fuzzy 'Ba %(n)s'",
        "en: other places than the source in 'Ba %(n)s'",
        "en: django.mo is stale",
    ]


def test_compiled_catalogue_is_what_gettext_reads(tool: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "x.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n'
        'Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "Nói \\"chào\\""\nmsgstr "Say \\"hello\\""\n\n'
        'msgid "một"\nmsgid_plural "nhiều"\nmsgstr[0] "one"\nmsgstr[1] "many"\n',
        "utf-8",
    )
    read = gettext.GNUTranslations(
        io.BytesIO(tool.compiled(tool.read_catalogue(tmp_path / "x.po")))
    )
    assert read.gettext('Nói "chào"') == 'Say "hello"'
    assert read.ngettext("một", "nhiều", 1) == "one"
    assert read.ngettext("một", "nhiều", 3) == "many"
