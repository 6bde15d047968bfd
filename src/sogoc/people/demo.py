"""The demo organisations, mandates and accounts, taken in through the same imports as real ones.

The files in `data/demo/` are examples of the formats too. All names in them are invented.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from django.contrib.auth.hashers import check_password, make_password

from sogoc.people.identity import Actor, acting, for_purpose
from sogoc.people.imports import ImportReport, import_mandates, import_organisations
from sogoc.people.imports.accounts import import_accounts
from sogoc.people.models import Account

FOLDER: Final = Path(__file__).parent / "data" / "demo"


def load_demo(at: datetime, *, password: str | None = None) -> ImportReport:
    """Bring in what the demo needs; again, it changes nothing. For demo and test homes only.

    With `password` every demo account can sign in with it; without, none has a usable one. Raises
    `ImportRefused` when the home already holds something else under the same codes.
    """
    by = Actor.system("demo")
    with acting(by):
        reports = [
            importer((FOLDER / name).read_bytes(), name, by=by, at=at)
            for importer, name in (
                (import_organisations, "organisations.csv"),
                (import_mandates, "mandates.csv"),
            )
        ]
        accounts = (FOLDER / "accounts.csv").read_bytes()
        reports.append(import_accounts(accounts, "accounts.csv", by=by, at=at, is_demo=True))
        if password is not None:
            _give_password(password)
    return ImportReport(
        sum(report.created for report in reports),
        sum(report.changed for report in reports),
        sum(report.unchanged for report in reports),
    )


def _give_password(password: str) -> None:
    with for_purpose("import"):
        accounts = Account.objects.filter(is_demo=True)
        stored = set(accounts.values_list("password", flat=True))
        # Hashing is slow on purpose: once for all of them, and not again when it is there.
        if len(stored) != 1 or not check_password(password, stored.pop()):
            accounts.update(password=make_password(password))
