"""Whether the ledgers of blanks of the bodies swept balance: findings about no one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from sogoc.credentials.blanks.api import balance
from sogoc.credentials.sweep.judging import OF_LEDGERS, LineFinding
from sogoc.people.api import Actor, body_fact
from sogoc.people.models import Organisation
from sogoc.policy.api import (
    ActFacts,
    BalanceFact,
    BlanksFact,
    ListFacts,
    checks,
    load_law,
    run_list,
)

SUBJECT: Final = "blanks:{kind}"
"""What names a ledger of blanks of a body: the kind."""


def ledger_findings(by: Actor, issuers: Iterable[int], as_of: date) -> Iterator[LineFinding]:
    """Yield a finding for each ledger of these bodies (ids) that does not balance now.

    Called inside ``acting``. ``code`` is empty: what is missing is on no line; ``subject`` names
    the ledger.
    """
    only = [check for check in checks() if check.id in OF_LEDGERS]
    for body in Organisation.objects.filter(
        pk__in=list(issuers), blanklot__isnull=False
    ).distinct():
        for kept in balance(owner=body.code, by=by):
            known = BalanceFact(
                came_in=kept.taken_in,
                issued=kept.issued,
                destroyed=kept.destroyed,
                lost=kept.lost,
                in_stock=kept.in_stock,
                on_the_way=kept.bound + kept.spoiled,
            )
            act = ActFacts(kind=kept.kind, issued_on=as_of, body=body_fact(body.code))
            ledger = ListFacts(act, (), BlanksFact(balance=known), is_sweep=True)
            for finding in run_list(ledger, load_law(), only=only):
                yield LineFinding(
                    "",
                    body.code,
                    kept.kind,
                    as_of,
                    finding,
                    issuer_id=body.pk,
                    subject=SUBJECT.format(kind=kept.kind),
                )
