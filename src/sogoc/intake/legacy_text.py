"""Vietnamese typed for the fonts of before Unicode: TCVN3 (ABC, fonts .Vn…) and VNI (VNI-…).

Such a file holds Latin letters that only look Vietnamese in their font ("NguyÔn", "Nguyeãn"). It is
told by what its words become: a cell speaks for an encoding when it is no Vietnamese as it stands
and every word of it is a Vietnamese syllable once converted. Foreign names and names of the ethnic
minorities do not become Vietnamese syllables, so they speak for nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Final

from sogoc.intake.grid import TCVN3, VNI, Grid, Source

# Code table of TCVN 5712:1993 VN3, each byte as the Latin letter of windows-1252 at its place.
_TCVN3_TABLE: Final = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
# VNI for Windows: a letter, and after it the letter that stands for its marks.
_VNI_MARKS: Final = {
    "a": ("øùûõïâàáåãäêèéúüë", "àáảãạâầấẩẫậăằắẳẵặ"),
    "e": ("øùûõïâàáåãä", "èéẻẽẹêềếểễệ"),
    "o": ("øùûõïâàáåãä", "òóỏõọôồốổỗộ"),
    "u": ("øùûõï", "ùúủũụ"),
    "y": ("øùûõ", "ỳýỷỹ"),
    "ô": ("øùûõï", "ờớởỡợ"),
    "ö": ("øùûõï", "ừứửữự"),
}
_VNI_PAIRS: Final = {
    letter + mark: whole
    for letter, (marks, wholes) in _VNI_MARKS.items()
    for mark, whole in zip(marks, wholes, strict=True)
}
_VNI_SINGLES: Final = dict(zip("ìíæóòôöîñ", "ìíỉĩịơưỵđ", strict=True))
_VNI_WORD: Final = re.compile("[aeouyôö][øùûõïâàáåãäêèéúüë]|[ìíæóòôöîñ]", re.IGNORECASE)

_HIGH: Final = re.compile("[\xa1-\xff]")
_BEYOND: Final = re.compile("[^\x00-\xff\u2010-\u2026\u200b-\u200d\ufeff]")
_WORD: Final = re.compile(r"[^\W\d_]+")

_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
_STOPPED: Final = "\u0301\u0323"  # the only tones of a syllable that ends in c, ch, p or t
_SYLLABLE: Final = re.compile(
    "(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx])?"
    "(?:a(?:ch|nh|ng|[ckimnoptuy])?|ă(?:ng|[ckmnpt])|â(?:ng|[ckmnptuy])|e(?:ng|[ckmnopt])?"
    "|ê(?:ch|nh|[mnptu])?|i(?:ch|nh|[mnptua]|ê(?:ng|[ckmnptu]))?"
    "|o(?:ng|[ckimnpt]|a(?:ch|nh|ng|[ckimnopty])?|ă(?:ng|[ckmnt])|e[nomt]?|o(?:ng|c))?"
    "|ô(?:ng|[ckimnpt])?|ơ[imnpt]?"
    "|u(?:ng|[ckimnpta]|â(?:ng|[nty])|ê(?:ch|nh|n)?|ô(?:ng|[ckimnt])|ơ|y(?:ch|nh|[ntpua]|ê[ntp])?)?"
    "|ư(?:ng|[ckiatunm]|ơ(?:ng|[ckimnptu]))?|y(?:ê(?:ng|[mntu])|[ntu])?)"
)
_ENOUGH: Final = 2  # cells that differ, to tell an encoding without the fonts' names
_MOST: Final = 0.8


def convert(text: str, encoding: str) -> str:
    """Convert one text; letters the encoding does not have stay as they are."""
    if encoding == VNI:
        return _VNI_WORD.sub(_vni_letter, text)
    converted = "".join(_TCVN3_TABLE.get(letter, letter) for letter in text)
    plain = [letter for letter in text if letter.isascii() and letter.isalpha()]
    # Capitals with tones had no codes: a font of capitals (.VnTimeH) showed the small ones so.
    if len(plain) > 1 and all(letter.isupper() for letter in plain):
        return converted.upper()
    return converted


def _vni_letter(match: re.Match[str]) -> str:
    found = match[0]
    low = found.lower()
    whole = _VNI_PAIRS.get(low) or _VNI_SINGLES.get(low)
    if whole is None:  # ô, ö before a mark that is not theirs
        head = _VNI_SINGLES.get(low[0])
        return found if head is None else _cased(head, found[0]) + found[1:]
    return _cased(whole, found[0])


def _cased(letter: str, like: str) -> str:
    return letter.upper() if like.isupper() else letter


@lru_cache(maxsize=65_536)
def is_syllable(word: str) -> bool:
    """Tell whether a word is spelled as one Vietnamese syllable (case does not matter)."""
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in parts if mark in _TONES]
    bare = unicodedata.normalize("NFC", "".join(m for m in parts if m not in _TONES))
    if len(tones) > 1 or not _SYLLABLE.fullmatch(bare):
        return False
    return not bare.endswith(("c", "ch", "p", "t")) or bool(tones and tones[0] in _STOPPED)


def detect(texts: Iterable[str], fonts: frozenset[str] = frozenset()) -> str | None:
    """Return the old encoding these texts speak for, None when they do not."""
    suspects = {text for text in texts if _HIGH.search(text) and not _BEYOND.search(text)}
    strange = {text for text in suspects if not _is_vietnamese(text)}
    best, speakers = None, 0
    for encoding in (TCVN3, VNI):
        found = sum(_speaks(text, encoding) for text in strange)
        enough = 1 if encoding in fonts else _ENOUGH
        if found > speakers and found >= enough and found >= _MOST * len(strange):
            best, speakers = encoding, found
    return best


def _is_vietnamese(text: str) -> bool:
    return all(is_syllable(word) for word in _WORD.findall(text) if not word.isascii()) and not any(
        letter in _TCVN3_TABLE and not letter.isalpha() for letter in text
    )


def _speaks(text: str, encoding: str) -> bool:
    converted = convert(text, encoding)
    words = _WORD.findall(converted)
    changed = [word for word in words if not word.isascii() and len(word) > 1]
    left = _HIGH.findall(converted)
    return (
        bool(changed)
        and all(letter.isalpha() for letter in left)
        and all(map(is_syllable, words))
        and any(letter.isascii() and letter.isalpha() for letter in text)
    )


def decode(source: Source, grid: Grid) -> tuple[Grid, str | None]:
    """Return the sheet with its old text converted, and the encoding that was in.

    The sheet itself and None where there is none.
    """
    texts = _texts(grid)
    if not texts:
        return grid, None
    latin = {text: _as_latin(text, source.encoding) for text in texts}
    encoding = detect(latin.values(), source.fonts)
    if encoding is None:
        return grid, None
    mixed_rows, mixed_columns = _with_unicode(grid, latin)
    rows = [row.copy() for row in grid.rows]
    as_found: dict[tuple[int, int], str] = {}
    for place, row in enumerate(rows):
        for column, cell in enumerate(row):
            shown = latin.get(cell) if type(cell) is str else None
            if shown is None or _BEYOND.search(shown) or not _HIGH.search(shown):
                continue
            is_mixed = place in mixed_rows or column in mixed_columns
            if is_mixed and _is_vietnamese(shown):
                continue
            converted = convert(shown, encoding)
            if converted != cell:
                as_found[place, column] = shown
                row[column] = converted
    return replace(grid, rows=rows, as_found=as_found), encoding


def _texts(grid: Grid) -> set[str]:
    return {cell for row in grid.rows for cell in row if type(cell) is str and not cell.isascii()}


def _with_unicode(grid: Grid, latin: dict[str, str]) -> tuple[set[int], set[int]]:
    """Rows and columns that hold Unicode too: what is Vietnamese as it stands is left alone there.

    A header in Unicode over names in an old font is the usual case.
    """
    beyond = {text for text, shown in latin.items() if _BEYOND.search(shown)}
    if not beyond:
        return set(), set()
    places = [
        (place, column)
        for place, row in enumerate(grid.rows)
        for column, cell in enumerate(row)
        if type(cell) is str and cell in beyond
    ]
    return {place for place, _ in places}, {column for _, column in places}


def _as_latin(text: str, encoding: str | None) -> str:
    """The letters of the bytes: a text file without Unicode was read as windows-1258."""
    if encoding != "cp1258":
        return text
    try:
        return text.encode("cp1258").decode("latin-1")
    except UnicodeEncodeError:
        return text
