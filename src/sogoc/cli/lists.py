"""From the options of ``check`` and ``prepare`` to the domain's request, one a sheet and issuer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sogoc.cli.environment import Environment

if TYPE_CHECKING:
    from sogoc.credentials.issuing.api import Decision, ListFile, Proposal


@dataclass(frozen=True, slots=True)
class ListRequest:
    """One list and the act proposed for it."""

    file: ListFile
    proposal: Proposal


def read_requests(
    environment: Environment,
    file: Path,
    *,
    kind: str,
    issuers: tuple[str, ...],
    signatory: str,
    on: date | None,
    sheet: str | None,
    answers: tuple[str, ...],
    **options: Any,
) -> list[ListRequest]:
    """Build the requests: one issuer for the file, or ``SHEET=ORG`` for each sheet."""
    from sogoc.credentials.issuing.api import ListFile, Proposal

    known = dict(_pair(answer, "--map") for answer in answers)
    by_sheet = dict(_pair(issuer, "--issuer") for issuer in issuers if "=" in issuer)
    plain = [issuer for issuer in issuers if "=" not in issuer]
    if (by_sheet and plain) or len(plain) > 1:
        raise click.UsageError(
            "Một đơn vị cho cả tệp, hoặc SHEET=ĐƠN VỊ cho từng sheet. / "
            "One issuer for the file, or SHEET=ORG for each sheet."
        )
    if len(by_sheet) > 1 and options["decision_rows"] is not None:
        raise click.UsageError(
            "--decision-rows đếm một danh sách, không chia cho nhiều sheet. / "
            "--decision-rows counts one list; it is not divided among sheets."
        )
    data = file.read_bytes()
    stated, kind = kind, kind_id(kind)
    return [
        ListRequest(
            ListFile(data=data, name=file.name, sheet=name, answers=known),
            Proposal(
                kind=kind,
                issuer=issuer,
                signatory=signatory,
                issued_on=on or environment.today(),
                exam_date=options["exam_date"],
                level=options["level"],
                decision=_decision(options, issuer),
                submitted_by=options["submitted_by"],
                learners_confirmed_on=options["learners_confirmed_on"],
                kind_as_stated=stated,
            ),
        )
        for name, issuer in (by_sheet.items() if by_sheet else [(sheet, plain[0])])
    ]


def kind_id(word: str) -> str:
    """The id of a kind given by id, old name or synonym; an unknown word stays as it is."""
    from sogoc.policy.api import load_law, old_name

    found = load_law().find_kind(word)
    if found is not None:
        return found.id
    old = old_name(word)
    return old.kind if old is not None else word


def _pair(text: str, option: str) -> tuple[str, str]:
    key, separator, value = text.rpartition("=")
    if not separator or not key or not value:
        raise click.BadParameter(f"«{text}»: X=Y", param_hint=option)
    return key, value


def _decision(options: dict[str, Any], issuer: str) -> Decision | None:
    from sogoc.credentials.issuing.api import Decision

    number, day = options["decision_no"], options["decision_date"]
    if number is None and day is None:
        if options["decision_rows"] is not None:
            raise click.UsageError("--decision-rows cần / needs --decision-no, --decision-date")
        return None
    if number is None or day is None:
        raise click.UsageError("--decision-no cần --decision-date / go together")
    return Decision(
        number=number,
        date=day,
        decided_by=options["decision_by"] or issuer,
        signer=options["decision_signer"] or "",
        row_count=options["decision_rows"],
    )
