"""What may be added to a PDF after its first signature: signatures, time-stamps, their evidence.

Everything else is an alteration, whoever signed or time-stamped it afterwards: anybody can have a
whole file time-stamped, also one with a page of their own. Source: ISO 32000-1, 7.5.6 and 12.8.2.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sogoc.kernel.pdf_read import Name, PdfError, PdfReader, Ref
from sogoc.kernel.xmp import LONGEST, metadata

_MAY_GROW: Final = {"AcroForm", "DSS", "Extensions", "Version"}
"""Entries of the catalogue that signatures and long-term data after the first one write."""
_FORM_GROWS: Final = {"Fields", "SigFlags"}
_EVIDENCE: Final = {"Type", "VRI", "OCSPs", "CRLs", "Certs"}
"""What a DSS holds; an object with anything else shows something or does something."""
_PLACE: Final = {"Type", "Subtype", "FT", "T", "TU", "Rect", "F", "P", "V"}
"""What the place of a later signature has: no actions, no picture, no places below or above it;
what is read aloud of it (`TU`) is one of `_SPOKEN`.
"""
_SPOKEN: Final = (None, b"Timestamp")
_BACK: Final = {"P", "Parent", "Data"}
"""Entries that lead from a signature back to what it signs."""
_DESCRIBED: Final = {"ModDate", "Producer"}
"""What a later writer of the file may say of it in its description; the title is the signed one."""


def altered_after(reader: PdfReader, end: int) -> int | None:
    """Return an object altered by an update behind the revision that ends at `end`, if any."""
    first = [revision.end for revision in reader.revisions].index(end)
    for number in range(first + 1, len(reader.revisions)):
        altered = 0 if reader.stray(number) is not None else _swapped(reader, number, first)
        if altered is None:
            altered = _altered(reader, number)
        if altered is not None:
            return altered
    return None


def _swapped(reader: PdfReader, number: int, first: int) -> int | None:
    """Return an object that a revision put in another's place without touching either.

    The catalogue stays the signed one; the description may only become an object that is new; and
    what is new has a number that nothing signed can have pointed to.
    """
    signed, before, revision = (reader.revisions[each] for each in (first, number - 1, number))
    if revision.trailer.get("Root") != signed.trailer.get("Root"):
        return reader.root
    info = revision.trailer.get("Info")
    if (
        info is not None
        and info != before.trailer.get("Info")
        and not (
            _is_new(reader, info, number)
            and _describes(
                reader.resolve(before.trailer.get("Info"), number - 1),
                reader.resolve(info, number),
            )
        )
    ):
        return info.number if isinstance(info, Ref) else 0
    size = signed.trailer["Size"]
    return next(
        (
            each
            for each in sorted(revision.offsets)
            if each < size and reader.object(each, number - 1) is None
        ),
        None,
    )


def _is_new(reader: PdfReader, value: Any, number: int) -> bool:
    """Whether a value is written out, or leads to an object the revision before did not have."""
    return not isinstance(value, Ref) or reader.object(value.number, number - 1) is None


def _altered(reader: PdfReader, number: int) -> int | None:
    """Return an object that a revision replaced or deleted otherwise than a signature does."""
    before = number - 1
    revision = reader.revisions[number]
    gone = [each for each in sorted(revision.freed) if reader.object(each, before) is not None]
    if gone:
        return gone[0]
    reached: set[int] | None = None
    for each in sorted(revision.offsets):
        old, new = reader.object(each, before), reader.object(each, number)
        if old is None:
            reached = _reached(reader, number) if reached is None else reached
            if each not in reached:
                return each
            continue
        if reader.is_stream(each, before) or reader.is_stream(each, number):
            if _is(reader, "Metadata", each, before) and _same_metadata(reader, each, number):
                continue  # says who wrote the file last
            return each
        if old != new and not _is_signing(reader, each, old, new, number):
            return each
    return None


def _reached(reader: PdfReader, number: int) -> set[int]:
    """Return the objects that what may grow leads to; a new one elsewhere is hidden there."""
    revision = reader.revisions[number]
    catalogue = reader.object(reader.root, number) or {}
    ahead = [revision.trailer.get("Info"), *(catalogue.get(name) for name in _MAY_GROW)]
    for each in revision.offsets:
        value = reader.object(each, number)
        if isinstance(value, dict) and value.get("Type") == "Page":
            ahead.append(value.get("Annots"))
    seen: set[int] = set()
    while ahead:
        value = ahead.pop()
        if isinstance(value, Ref):
            if value.number not in seen:
                seen.add(value.number)
                ahead.append(reader.object(value.number, number))
        elif isinstance(value, list):
            ahead += value
        elif isinstance(value, dict):
            ahead += [part for name, part in value.items() if name not in _BACK]
    return seen


def _is_signing(  # noqa: PLR0911 - one answer a kind of object
    reader: PdfReader, each: int, old: Any, new: Any, number: int
) -> bool:
    """Whether an object changed as a signature, a time-stamp or its evidence changes it."""
    before = number - 1
    if isinstance(old, list) and isinstance(new, list):
        return each in _lists_of_places(reader, before) and _grows(reader, old, new, before, number)
    if not isinstance(old, dict) or not isinstance(new, dict):
        return False
    changed = {key for key in {*old, *new} if old.get(key) != new.get(key)}
    if each == reader.root:
        return changed <= _MAY_GROW and _forms_grow(reader, old, new, before, number)
    if old.get("FT") == "Sig":
        return changed == {"V"} and "V" not in old
    if old.get("Type") == "Page":
        return changed == {"Annots"} and _grows(
            reader, old.get("Annots"), new.get("Annots"), before, number
        )
    if _is(reader, "AcroForm", each, before):
        return _form_grows(reader, old, new, before, number)
    if _is(reader, "DSS", each, before):
        return {*old, *new} <= _EVIDENCE
    return _is_info(reader, each, before) and _describes(old, new)


def _describes(old: Any, new: Any) -> bool:
    """Whether a description says the same, but for who wrote the file last and when."""
    old = {} if old is None else old
    if not isinstance(old, dict) or not isinstance(new, dict):
        return False
    changed = {key for key in {*old, *new} if old.get(key) != new.get(key)}
    return changed <= _DESCRIBED and all(isinstance(new.get(key), bytes) for key in changed)


def _same_metadata(reader: PdfReader, each: int, number: int) -> bool:
    """Whether the description as XMP says the same, but for who wrote the file last and when."""
    try:
        old, new = (
            metadata(reader.stream(each, LONGEST, revision=at)) for at in (number - 1, number)
        )
    except (PdfError, ValueError):
        return False
    return old == new


def _forms_grow(
    reader: PdfReader, old: Mapping[str, Any], new: Mapping[str, Any], before: int, after: int
) -> bool:
    """Whether the catalogue's new entries are of new objects, and its form grew as a form may."""
    for name in _MAY_GROW:
        if old.get(name) != new.get(name) and not _is_new(reader, new.get(name), after):
            return False
    store = reader.resolve(new.get("DSS"), after)
    if store is not None and not (isinstance(store, dict) and store.keys() <= _EVIDENCE):
        return False
    if not isinstance(new.get("Version"), Name | None):
        return False
    old_form = reader.resolve(old.get("AcroForm"), before) or {}
    new_form = reader.resolve(new.get("AcroForm"), after) or {}
    return _form_grows(reader, old_form, new_form, before, after)


def _form_grows(
    reader: PdfReader, old: Mapping[str, Any], new: Mapping[str, Any], before: int, after: int
) -> bool:
    changed = {key for key in {*old, *new} if old.get(key) != new.get(key)}
    return changed <= _FORM_GROWS and _grows(
        reader, old.get("Fields"), new.get("Fields"), before, after
    )


def _grows(reader: PdfReader, old: Any, new: Any, before: int, after: int) -> bool:
    """Whether a list only gained places of signatures."""
    was, now = reader.resolve(old, before) or [], reader.resolve(new, after) or []
    return now[: len(was)] == was and _only_signatures(reader, now[len(was) :], after)


def _only_signatures(reader: PdfReader, added: Sequence[Any], revision: int) -> bool:
    """Whether all of them are places of signatures that show nothing."""
    for each in added:
        value = reader.resolve(each, revision)
        if not isinstance(value, dict) or not value.keys() <= _PLACE:
            return False
        if (value.get("FT"), value.get("Subtype")) != ("Sig", "Widget"):
            return False
        if value.get("TU") not in _SPOKEN or not isinstance(value.get("V"), Ref | None):
            return False
        box = value.get("Rect", [0, 0, 0, 0])
        if not isinstance(box, list) or len(box) != 4 or box[0] != box[2] or box[1] != box[3]:
            return False
    return True


def _is(reader: PdfReader, entry: str, number: int, revision: int) -> bool:
    """Whether a revision's catalogue names the object: form, description, later evidence."""
    found = reader.object(reader.root, revision).get(entry)
    return isinstance(found, Ref) and found.number == number


def _is_info(reader: PdfReader, number: int, revision: int) -> bool:
    info = reader.revisions[revision].trailer.get("Info")
    return isinstance(info, Ref) and info.number == number


def _lists_of_places(reader: PdfReader, revision: int) -> set[int]:
    """Return the objects that are the form's list of fields or a page's list of annotations."""
    form = reader.resolve(reader.object(reader.root, revision).get("AcroForm"), revision) or {}
    lists = [form.get("Fields")]
    for number in {each for state in reader.revisions[: revision + 1] for each in state.offsets}:
        value = reader.object(number, revision)
        if isinstance(value, dict) and value.get("Type") == "Page":
            lists.append(value.get("Annots"))
    return {each.number for each in lists if isinstance(each, Ref)}
