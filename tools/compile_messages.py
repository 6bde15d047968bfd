"""Translations without GNU gettext: find texts, compare them with catalogues, write `.mo` files.

    python tools/compile_messages.py            write every .mo anew
    python tools/compile_messages.py --check    say what is missing, empty, fuzzy, unused or stale
    python tools/compile_messages.py --add      add texts that are missing, empty, to the catalogues

Texts in the source are Vietnamese, so the English catalogue must hold every one of them. The
Vietnamese catalogue only rewords sentences of Django's own that users meet.
"""

from __future__ import annotations

import argparse
import ast
import re
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
WEB = ROOT / "src" / "sogoc" / "web"
LOCALE = WEB / "locale"
SOURCE_LANGUAGE = "vi"
FUNCTIONS = {"gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "_"}

_TRANSLATE = re.compile(r"""{%\s*translate\s+(?:"([^"]*)"|'([^']*)')""")
_BLOCK = re.compile(
    r"{%\s*blocktranslate\b([^%]*)%}(.*?)(?:{%\s*plural\s*%}(.*?))?{%\s*endblocktranslate\s*%}",
    re.S,
)
_VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
_UNESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of a catalogue: its forms in the source and in the language."""

    msgid: str
    plural: str | None
    forms: tuple[str, ...]
    is_fuzzy: bool

    @property
    def key(self) -> str:
        """The key of the entry in a `.mo` file."""
        return self.msgid if self.plural is None else f"{self.msgid}\0{self.plural}"


def texts_of(root: Path = WEB) -> set[tuple[str, str | None]]:
    """Return every text to translate under `root`, with its plural where it has one."""
    found: set[tuple[str, str | None]] = set()
    for template in root.rglob("*.html"):
        found.update(_in_template(template.read_text("utf-8")))
    for module in root.rglob("*.py"):
        found.update(_in_python(module.read_text("utf-8")))
    return found


def _in_template(source: str) -> Iterator[tuple[str, str | None]]:
    for double, single in _TRANSLATE.findall(source):
        yield double or single, None
    for options, *forms in _BLOCK.findall(source):
        texts = [_VARIABLE.sub(r"%(\1)s", form.replace("%", "%%")) for form in forms]
        if "trimmed" in options.split():
            texts = [" ".join(text.split()) for text in texts]
        yield texts[0], texts[1] or None


def _in_python(source: str) -> Iterator[tuple[str, str | None]]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name not in FUNCTIONS or not node.args:
            continue
        words = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        if words and isinstance(words[0], str):
            plural = words[1] if name.startswith("ngettext") else None
            yield words[0], plural if isinstance(plural, str) else None


def read_catalogue(path: Path) -> list[Entry]:
    """Read a `.po` file. Raises `ValueError` for a line that is none of its format."""
    entries: list[Entry] = []
    for block in re.split(r"\n\s*\n", path.read_text("utf-8").strip()):
        entry = _entry(block, path)
        if entry is not None:
            entries.append(entry)
    return entries


def _entry(block: str, path: Path) -> Entry | None:
    parts: dict[str, str] = {}
    current, is_fuzzy = "", False
    for line in block.splitlines():
        if line.startswith("#"):
            is_fuzzy = is_fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        match = re.fullmatch(r'(?:(msgid_plural|msgid|msgstr(?:\[\d\])?) )?"(.*)"', line.strip())
        if match is None:
            raise ValueError(f"{path}: cannot read {line!r}")
        current = match[1] or current
        parts[current] = parts.get(current, "") + _unescaped(match[2])
    if "msgid" not in parts:
        return None
    forms = tuple(parts[name] for name in sorted(parts) if name.startswith("msgstr"))
    return Entry(parts["msgid"], parts.get("msgid_plural"), forms, is_fuzzy)


def _unescaped(text: str) -> str:
    return _UNESCAPE.sub(lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), text)


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(letter, letter) for letter in text) + '"'


def compiled(entries: Iterable[Entry]) -> bytes:
    """Return the `.mo` file of the entries; entries without translation are left out."""
    pairs = sorted(
        (entry.key.encode(), "\0".join(entry.forms).encode())
        for entry in entries
        if all(entry.forms) and not entry.is_fuzzy
    )
    start = 28 + 16 * len(pairs)
    ids = b"".join(key + b"\0" for key, _ in pairs)
    keys, values, offset, value_offset = b"", b"", start, start + len(ids)
    for key, value in pairs:
        keys += struct.pack("<2I", len(key), offset)
        values += struct.pack("<2I", len(value), value_offset)
        offset += len(key) + 1
        value_offset += len(value) + 1
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, start)
    return head + keys + values + ids + b"".join(value + b"\0" for _, value in pairs)


def problems(locale: Path = LOCALE, root: Path = WEB) -> list[str]:
    """Return what is wrong with the catalogues, one sentence each; nothing when all is well."""
    wanted = texts_of(root)
    found: list[str] = []
    for path in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        language = path.parts[-3]
        entries = read_catalogue(path)
        there = {(entry.msgid, entry.plural) for entry in entries if entry.msgid}
        if language != SOURCE_LANGUAGE:
            found += [
                f"{language}: missing {text[0]!r}" for text in sorted(wanted - there, key=str)
            ]
            found += [f"{language}: unused {text[0]!r}" for text in sorted(there - wanted, key=str)]
        found += [f"{language}: empty {e.msgid!r}" for e in entries if not all(e.forms)]
        found += [f"{language}: fuzzy {e.msgid!r}" for e in entries if e.is_fuzzy]
        found += _placeholder_slips(language, entries)
        if len(there) != len([e for e in entries if e.msgid]):
            found.append(f"{language}: a text stands twice")
        target = path.with_suffix(".mo")
        if not target.is_file() or target.read_bytes() != compiled(entries):
            found.append(f"{language}: {target.name} is stale")
    return found


def _placeholder_slips(language: str, entries: Iterable[Entry]) -> list[str]:
    place = re.compile(r"%\(\w+\)[sd]")
    return [
        f"{language}: other places than the source in {entry.msgid!r}"
        for entry in entries
        for form in entry.forms
        if entry.msgid and form and set(place.findall(form)) != set(place.findall(entry.msgid))
    ]


def add_missing(path: Path, wanted: Iterable[tuple[str, str | None]]) -> int:
    """Append texts the catalogue lacks, empty; return how many."""
    there = {(entry.msgid, entry.plural) for entry in read_catalogue(path)}
    new = sorted(set(wanted) - there, key=str)
    with path.open("a", encoding="utf-8") as stream:
        for msgid, plural in new:
            stream.write(f"\nmsgid {_quoted(msgid)}\n")
            if plural is None:
                stream.write('msgstr ""\n')
            else:
                stream.write(f'msgid_plural {_quoted(plural)}\nmsgstr[0] ""\nmsgstr[1] ""\n')
    return len(new)


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; 1 when `--check` finds something."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="only say what is wrong")
    parser.add_argument("--add", action="store_true", help="add missing texts, empty")
    chosen = parser.parse_args(arguments)
    if chosen.check:
        found = problems()
        sys.stdout.writelines(f"{line}\n" for line in found)
        return 1 if found else 0
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        if chosen.add and path.parts[-3] != SOURCE_LANGUAGE:
            sys.stdout.write(f"{path.relative_to(ROOT)}: {add_missing(path, texts_of())} added\n")
        path.with_suffix(".mo").write_bytes(compiled(read_catalogue(path)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
