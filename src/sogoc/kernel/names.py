"""Names of people: cleaned for storage, never altered; keys for order, search and sameness.

A name is kept as its owner writes it: `H'Len Mlô`, `Y Bhăm Niê`, `K'Brẻ` and one-word names are
complete and valid. Only the keys made here unify spelling; a key is never shown or printed.
All functions work word by word behind a cache, because a few thousand syllables make all names.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_CACHED_WORDS: Final = 1 << 16

# Characters of no width: zero-width spaces and joiners, direction marks, soft hyphen, BOM.
_INVISIBLE: Final = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

_APOSTROPHES: Final = "'`´ʹʻʼʽˈˋ‘’‛′‵＇ꞌ"
_APOSTROPHE: Final = re.compile(f"[{_APOSTROPHES}]")
# "H' Len" and "H'Len" are one name; someone's space bar is not a word boundary.
_APOSTROPHE_GAP: Final = re.compile(rf"([{_APOSTROPHES}])\s+(?=\S)")

# Đ has no decomposition, and old fonts left Eth (Ð) or African D (Ɖ) in its place.
_D_LOOK_ALIKES: Final = {ord("ð"): "đ", ord("ɖ"): "đ"}
_FOLD_LETTERS: Final = str.maketrans("đðɖƀøł", "dddbol")

# Combining marks: the five tones in their order after the toneless one; marks that make letters.
_TONES: Final = {"\u0300": 0x10, "\u0309": 0x11, "\u0303": 0x12, "\u0301": 0x13, "\u0323": 0x14}
_OTHER_MARK: Final = 0x20
_LETTER_MARKS: Final = {"\u0306", "\u0302", "\u031b"}

_ALPHABET: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_DIGITS_FROM: Final = 0x10
_WEIGHTS: Final = {
    **{digit: bytes([_DIGITS_FROM + place]) for place, digit in enumerate("0123456789")},
    **{letter: bytes([0x20 + place]) for place, letter in enumerate(_ALPHABET)},
}
_AFTER_Z: Final = b"\xf0"
_VARIANTS: Final = {"ƀ": "b", "ł": "l", "ø": "o"}  # base letters of highland and foreign names

_VOWELS: Final = frozenset("aăâeêioôơuưy")
_MARKED_VOWELS: Final = frozenset("ăâêôơư")


def clean(raw: str) -> str:
    """Return the name as it is stored: NFC, no characters of no width, single plain spaces.

    Nothing else changes: case, tone placement and apostrophes stay as written.
    """
    if raw.isascii():
        return " ".join(raw.split())
    if _INVISIBLE.search(raw):
        raw = _INVISIBLE.sub("", raw)
    return " ".join(unicodedata.normalize("NFC", raw).split())


def split(name: str) -> tuple[str, str, str]:
    """Return `(family, middle, given)`: first word, words between, last word.

    A one-word name is all given name. Highland names written the other way round (`Y Bhăm Niê`,
    family last) are split by place too, as every class list does; nothing is reordered.
    """
    words = name.split()
    if len(words) > 1:
        return words[0], " ".join(words[1:-1]), words[-1]
    return "", "", words[0] if words else ""


def sort_key(name: str) -> bytes:
    """Return bytes whose plain (memcmp) order is the Vietnamese order of names.

    Given name first, then family, then each middle word. Within a word letters decide first
    (a ă â b c d đ e ê … with f j w z at their Latin places), then tones: none, huyền, hỏi, ngã,
    sắc, nặng. Case, apostrophes and tone placement do not count, so such spellings share a key.
    """
    words = name.split()
    if len(words) > 1:
        words = [words[-1], *words[:-1]]
    return b"".join(map(_word_sort_key, words))


def fold(text: str) -> str:
    """Return the form for search: lower case, no accents, đ as d, no apostrophes, single spaces."""
    if _APOSTROPHE.search(text):
        text = _APOSTROPHE.sub("", _APOSTROPHE_GAP.sub(r"\1", text))
    return " ".join(filter(None, map(_fold_word, text.split())))


def name_key(name: str) -> str:
    """Return the key under which two spellings are one person's name.

    NFC, case folded, tone put where the older spelling has it (Thuỷ = Thủy, hoà = hòa), one kind of
    apostrophe and no space after it, look-alikes of Đ unified. Accents are kept: Hoa is not Hòa.
    """
    if _APOSTROPHE.search(name):
        name = _APOSTROPHE_GAP.sub(r"\1", name)
    return " ".join(map(_word_name_key, name.split()))


@lru_cache(maxsize=_CACHED_WORDS)
def _letters(word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split a word into its letters (folded, with breve, circumflex, horn) and its other marks.

    The marks keep their order but not their places, which makes tone placement irrelevant.
    """
    letters: list[str] = []
    marks: list[str] = []
    folded = unicodedata.normalize("NFC", word).casefold().translate(_D_LOOK_ALIKES)
    for character in unicodedata.normalize("NFD", folded):
        if character in _LETTER_MARKS and letters:
            composed = unicodedata.normalize("NFC", letters[-1] + character)
            if composed in _WEIGHTS:
                letters[-1] = composed
            else:
                marks.append(character)
        elif unicodedata.combining(character):
            marks.append(character)
        elif unicodedata.category(character) != "Cf":
            letters.append("'" if character in _APOSTROPHES else character)
    return tuple(letters), tuple(marks)


@lru_cache(maxsize=_CACHED_WORDS)
def _word_sort_key(word: str) -> bytes:
    """Key of one word: letters, 0x01, tones, 0x00; no weight is below 0x02: prefixes sort first."""
    letters, marks = _letters(word)
    primary = bytearray()
    secondary = bytearray(_TONES.get(mark, _OTHER_MARK) for mark in marks)
    for letter in letters:
        base = _VARIANTS.get(letter)
        if base is not None:
            secondary.append(_OTHER_MARK)
            primary += _WEIGHTS[base]
        elif letter in _WEIGHTS:
            primary += _WEIGHTS[letter]
        elif letter.isalnum():
            # surrogates cannot be stored anyway; they must only not break sorting
            primary += _AFTER_Z + letter.encode("utf-8", "surrogatepass")
    return bytes(primary) + b"\x01" + bytes(secondary) + b"\x00"


@lru_cache(maxsize=_CACHED_WORDS)
def _fold_word(word: str) -> str:
    # casefold after NFKD too: compatibility forms may decompose into capitals
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    kept = "".join(
        character
        for character in folded
        if not unicodedata.combining(character)
        and character not in _APOSTROPHES
        and unicodedata.category(character) != "Cf"
    )
    # compatibility forms of lone accents stand on a space of their own
    return "".join(kept.split()).translate(_FOLD_LETTERS)


@lru_cache(maxsize=_CACHED_WORDS)
def _word_name_key(word: str) -> str:
    letters, marks = _letters(word)
    place = _tone_place(letters) if len(marks) == 1 and marks[0] in _TONES else None
    if place is None:
        folded = unicodedata.normalize("NFC", word).casefold().translate(_D_LOOK_ALIKES)
        return unicodedata.normalize("NFC", _APOSTROPHE.sub("'", _INVISIBLE.sub("", folded)))
    toned = [*letters[: place + 1], marks[0], *letters[place + 1 :]]
    return unicodedata.normalize("NFC", "".join(toned))


def _tone_place(letters: tuple[str, ...]) -> int | None:
    """Index of the letter that carries the tone in the older spelling; None: not one syllable."""
    places = [place for place, letter in enumerate(letters) if letter in _VOWELS]
    if not places or places[-1] - places[0] != len(places) - 1:
        return None
    first = places[0]
    if len(places) > 1 and first and letters[first - 1] + letters[first] in {"qu", "gi"}:
        places = places[1:]  # u of qu and i of gi belong to the consonant
    marked = [place for place in places if letters[place] in _MARKED_VOWELS]
    if marked:
        return marked[-1]
    is_closed = places[-1] + 1 < len(letters)
    if len(places) == 1:
        return places[0]
    return places[1] if len(places) > 2 or is_closed else places[0]
