"""Numbers people type: look-up codes, serials of blanks, entry numbers, personal IDs."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

# --- look-up codes ------------------------------------------------------------------------------

_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RFC4648_TO_CROCKFORD: Final = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _CROCKFORD.encode()
)
_SYMBOLS: Final = {
    **{symbol: value for value, symbol in enumerate(_CROCKFORD)},
    "O": 0,
    "I": 1,
    "L": 1,
}
_BODY_BYTES: Final = 10
_BODY_SYMBOLS: Final = 16
_CHECK_SYMBOLS: Final = 2
# 1021 is the largest prime below 32². A substitution changes the number by d·32^k (|d| < 32), a
# transposition by d·31·32^k, one across the body's end by d·33: none is a multiple of this prime.
_CHECK_MODULUS: Final = 1021
_CHECKS: Final = tuple(
    _CROCKFORD[check >> 5] + _CROCKFORD[check & 31] for check in range(_CHECK_MODULUS)
)
_SEPARATORS: Final = re.compile(r"[\s\-‐‑‒–—−_.·\u00ad\u200b-\u200f\u2060\ufeff]+")
_PREFIX: Final = "SG"


class LookupCodeError(Error):
    """What was typed is not a look-up code."""


def new_lookup_code(random_bytes: bytes) -> str:
    """Return `SG-XXXX-XXXX-XXXX-XXXX-CC` from the first 10 of the given bytes (80 random bits).

    The caller draws the bytes from the system's generator. Raises `ValueError` for fewer than 10.
    """
    if len(random_bytes) < _BODY_BYTES:
        raise ValueError(f"a look-up code needs {_BODY_BYTES} random bytes")
    return new_lookup_codes(1, random_bytes)[0]


def new_lookup_codes(n: int, random_bytes: bytes) -> list[str]:
    """Return `n` codes from `10 * n` random bytes. Raises `ValueError` for fewer bytes."""
    if n < 0 or len(random_bytes) < _BODY_BYTES * n:
        raise ValueError(f"{n} look-up codes need {_BODY_BYTES} random bytes each")
    used = random_bytes[: _BODY_BYTES * n]
    text = base64.b32encode(used).translate(_RFC4648_TO_CROCKFORD).decode("ascii")
    codes = []
    for index in range(n):
        at = index * _BODY_SYMBOLS
        value = int.from_bytes(used[index * _BODY_BYTES : (index + 1) * _BODY_BYTES], "big")
        codes.append(
            f"SG-{text[at : at + 4]}-{text[at + 4 : at + 8]}-{text[at + 8 : at + 12]}"
            f"-{text[at + 12 : at + 16]}-{_CHECKS[value % _CHECK_MODULUS]}"
        )
    return codes


def parse_lookup_code(text: str) -> str:
    """Return the canonical form of a typed code.

    Case, dashes, spaces and a missing `SG` are forgiven; O is read as 0, I and L as 1. Any single
    wrong symbol and any two neighbours swapped are found. Raises `LookupCodeError`.
    """
    typed = _SEPARATORS.sub("", text).upper()
    if len(typed) == len(_PREFIX) + _BODY_SYMBOLS + _CHECK_SYMBOLS and typed.startswith(_PREFIX):
        typed = typed[len(_PREFIX) :]
    if len(typed) != _BODY_SYMBOLS + _CHECK_SYMBOLS:
        raise LookupCodeError(
            "lookup_code_length",
            Text(
                "Mã tra cứu gồm SG và 18 chữ cái, chữ số. Xin xem có gõ thiếu, thừa không.",
                "A look-up code is SG and 18 letters and digits. Please check if one is missing.",
            ),
            typed_length=len(typed),
        )
    try:
        values = [_SYMBOLS[symbol] for symbol in typed]
    except KeyError:
        raise LookupCodeError(
            "lookup_code_symbol",
            Text(
                "Mã tra cứu chỉ gồm chữ số và chữ cái không dấu, trừ chữ U.",
                "A look-up code holds only digits and plain letters other than U.",
            ),
        ) from None
    number = 0
    for value in values[:_BODY_SYMBOLS]:
        number = number << 5 | value
    symbols = "".join(_CROCKFORD[value] for value in values)
    if _CHECKS[number % _CHECK_MODULUS] != symbols[_BODY_SYMBOLS:]:
        raise LookupCodeError(
            "lookup_code_check",
            Text(
                "Mã tra cứu gõ chưa đúng: hai ký tự cuối không khớp. Xin gõ lại.",
                "The look-up code is mistyped: its last two symbols disagree. Please retype it.",
            ),
        )
    return "-".join(
        [_PREFIX, symbols[:4], symbols[4:8], symbols[8:12], symbols[12:16], symbols[16:]]
    )


# --- serials of blanks --------------------------------------------------------------------------

_SERIAL: Final = re.compile(r"(?P<prefix>.*?)(?P<digits>[0-9]{1,18})", re.DOTALL)


class SerialError(Error):
    """A text that is not a serial, or a number its width cannot hold."""


@dataclass(frozen=True, slots=True, order=True)
class Serial:
    """Serial (số hiệu) of a blank: fixed letters, then a number of fixed width.

    `str(Serial.parse(text)) == text.strip()` for every text that parses.
    """

    prefix: str
    number: int
    width: int

    @classmethod
    def parse(cls, text: str) -> Serial:
        """Read a serial that ends in 1 to 18 digits. Raises `SerialError`."""
        found = _SERIAL.fullmatch(text.strip())
        # A prefix ending in a digit would mean more than 18 digits in a row.
        if found is None or found["prefix"][-1:].isdigit():
            raise SerialError(
                "serial_malformed",
                Text(
                    f"“{text}” không phải số hiệu: số hiệu kết thúc bằng từ 1 đến 18 chữ số.",
                    f"“{text}” is not a serial: a serial ends in 1 to 18 digits.",
                ),
                text=text,
            )
        return cls(found["prefix"], int(found["digits"]), len(found["digits"]))

    def at(self, number: int) -> Serial:
        """Return the serial with another number. Raises `SerialError` when it needs more digits."""
        if number < 0 or len(str(number)) > self.width:
            raise SerialError(
                "serial_out_of_width",
                Text(
                    f"Số {number} không viết được bằng {self.width} chữ số của số hiệu.",
                    f"The number {number} does not fit the serial's {self.width} digits.",
                ),
                number=number,
                width=self.width,
            )
        return Serial(self.prefix, number, self.width)

    def __str__(self) -> str:
        return f"{self.prefix}{self.number:0{self.width}d}"


# --- entry numbers ------------------------------------------------------------------------------

_PLACE: Final = re.compile(r"\{(?P<name>[a-z]*)(?::0?(?P<width>[1-9][0-9]?))?\}")
# Two-digit years are read inside the hundred years 1950–2049.
_PIVOT: Final = 50


class EntryPatternError(Error):
    """A pattern of entry numbers that cannot be written or read back."""


def format_entry(pattern: str, *, seq: int, year: int, unit: str = "") -> str:
    """Write an entry number (số vào sổ gốc) by a pattern, e.g. `{seq:04}/{year}/CNTTCB`.

    Places: `seq` (may have a width, zero-filled), `year` (4 digits), `yy` (2 digits), `unit`.
    Raises `EntryPatternError` for any other place, or a pattern without exactly one `seq`.
    """
    entry, _, _ = _compile_entry(pattern)
    return entry.format(seq=seq, year=f"{year:04d}", yy=f"{year % 100:02d}", unit=unit)


def parse_entry(
    pattern: str, text: str, *, unit: str | None = None
) -> tuple[int, int | None] | None:
    """Read an entry number back as `(seq, year)`; `None` when the text is not of the pattern.

    Forgives missing or extra zeros before `seq`, spaces between parts and lower case, since people
    type these; compare with `format_entry` where the exact form matters. `year` is `None` when the
    pattern has none. With `unit` given, another unit's number is not of the pattern.
    """
    _, reader, _ = _compile_entry(pattern)
    found = reader.fullmatch("".join(text.split()))
    if found is None:
        return None
    parts = found.groupdict()
    typed_unit = parts.get("unit")
    if unit is not None and typed_unit is not None and typed_unit.casefold() != unit.casefold():
        return None
    year: int | None = None
    if parts.get("yy") is not None:
        short = int(parts["yy"])
        year = short + (1900 if short >= _PIVOT else 2000)
    if parts.get("year") is not None:
        if year is not None and year != int(parts["year"]):
            return None
        year = int(parts["year"])
    return int(parts["seq"]), year


@lru_cache(maxsize=1024)
def _compile_entry(pattern: str) -> tuple[str, re.Pattern[str], frozenset[str]]:
    """Return the format string, the reading expression and the names of the places used."""
    writes: list[str] = []
    reads: list[str] = []
    names: list[str] = []
    at = 0
    for place in _PLACE.finditer(pattern):
        name, width = place["name"], place["width"]
        reading = {"seq": "[0-9]{1,18}", "year": "[0-9]{4}", "yy": "[0-9]{2}", "unit": r"[^\s/]+"}
        if name not in reading or name in names or (width and name != "seq"):
            raise _bad_pattern(pattern)
        literal = pattern[at : place.start()]
        writes += [
            _literal(pattern, literal),
            "{seq:0" + width + "d}" if width else "{" + name + "}",
        ]
        reads += [re.escape("".join(literal.split())), f"(?P<{name}>{reading[name]})"]
        names.append(name)
        at = place.end()
    writes.append(_literal(pattern, pattern[at:]))
    reads.append(re.escape("".join(pattern[at:].split())))
    if "seq" not in names:
        raise _bad_pattern(pattern)
    return "".join(writes), re.compile("".join(reads), re.IGNORECASE), frozenset(names)


def _literal(pattern: str, text: str) -> str:
    if "{" in text or "}" in text:
        raise _bad_pattern(pattern)
    return text


def _bad_pattern(pattern: str) -> EntryPatternError:
    return EntryPatternError(
        "entry_pattern",
        Text(
            f"Mẫu số vào sổ “{pattern}” không dùng được: cần đúng một {{seq}}; "
            "được thêm {year}, {yy}, {unit}.",
            f"The pattern “{pattern}” cannot be used: it needs exactly one {{seq}}; "
            "{year}, {yy}, {unit} may be added.",
        ),
        pattern=pattern,
    )


# --- personal IDs -------------------------------------------------------------------------------

_PERSONAL_ID: Final = re.compile(r"[0-9]{12}")


class PersonalIdIssue(StrEnum):
    """What is odd about a personal ID. A mismatch is only ever a warning: registry errors exist."""

    MALFORMED = "malformed"
    SEX_MISMATCH = "sex_mismatch"
    BIRTH_YEAR_MISMATCH = "birth_year_mismatch"


def check_personal_id(
    text: str, *, sex: str | None, birth_year: int | None
) -> tuple[PersonalIdIssue, ...]:
    """Compare a 12-digit personal ID (số định danh cá nhân) with sex and year of birth.

    Digits 1–3 name the place of registration; digit 4 the century and sex (0 male, 1 female of
    1900–1999, 2 and 3 of 2000–2099, …); digits 5–6 the year. `sex` is `male`, `female` or `None`;
    what is `None` is not compared. Nine-digit numbers of old identity cards are `MALFORMED` here.
    """
    digits = text.strip()
    if not _PERSONAL_ID.fullmatch(digits):
        return (PersonalIdIssue.MALFORMED,)
    issues = []
    century, sex_digit = divmod(int(digits[3]), 2)
    if sex is not None and sex != ("female" if sex_digit else "male"):
        issues.append(PersonalIdIssue.SEX_MISMATCH)
    if birth_year is not None and birth_year != 1900 + 100 * century + int(digits[4:6]):
        issues.append(PersonalIdIssue.BIRTH_YEAR_MISMATCH)
    return tuple(issues)
