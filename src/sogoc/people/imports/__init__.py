"""Files of real organisations, accounts and mandates, so that a unit can start."""

from __future__ import annotations

from sogoc.people.imports.accounts import import_accounts
from sogoc.people.imports.mandates import import_mandates
from sogoc.people.imports.organisations import import_organisations
from sogoc.people.imports.planning import ImportReport
from sogoc.people.imports.reading import ImportProblem, ImportRefused

__all__ = [
    "ImportProblem",
    "ImportRefused",
    "ImportReport",
    "import_accounts",
    "import_mandates",
    "import_organisations",
]
