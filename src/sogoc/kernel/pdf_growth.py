"""What may be added to a PDF after its first signature: signatures, time-stamps, their evidence.

Everything else is an alteration, whoever signed or time-stamped it afterwards: anybody can have a
whole file time-stamped, also one with a page of their own. Source: ISO 32000-1, 7.5.6 and 12.8.2.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sogoc.kernel.pdf_read import Name, PdfReader, Ref

_MAY_GROW: Final = {"AcroForm", "DSS", "Extensions", "Version"}
"""Entries of the catalogue that signatures and long-term data after the first one write."""
_FORM_GROWS: Final = {"Fields", "SigFlags"}
_EVIDENCE: Final = {"Type", "VRI", "OCSPs", "CRLs", "Certs"}
"""What a DSS holds; an object with anything else shows something or does something."""
_ACTS: Final = {"A", "AA", "Kids", "Parent"}
"""What no place of a later signature has: actions, and other places below or above it."""


def altered_after(reader: PdfReader, end: int) -> int | None:
    """Return an object altered by an update behind the revision that ends at `end`, if any."""
    first = [revision.end for revision in reader.revisions].index(end)
    for number in range(first + 1, len(reader.revisions)):
        altered = _swapped(reader, number, first)
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
        and not _is_new(reader, info, number)
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
    for each in sorted(revision.offsets):
        old, new = reader.object(each, before), reader.object(each, number)
        if old is None:
            continue
        if reader.is_stream(each, before) or reader.is_stream(each, number):
            if _is(reader, "Metadata", each, before):
                continue  # says who wrote the file last; nothing of it is on the page
            return each
        if old != new and not _is_signing(reader, each, old, new, number):
            return each
    return None


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
    return _is_info(reader, each, before) and all(
        isinstance(value, bytes | Name) for value in (*old.values(), *new.values())
    )


def _forms_grow(
    reader: PdfReader, old: Mapping[str, Any], new: Mapping[str, Any], before: int, after: int
) -> bool:
    """Whether the catalogue's new entries are of new objects, and its form grew as a form may."""
    for name in _MAY_GROW:
        if old.get(name) != new.get(name) and not _is_new(reader, new.get(name), after):
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
        if not isinstance(value, dict) or value.get("FT") != "Sig" or _ACTS & value.keys():
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
