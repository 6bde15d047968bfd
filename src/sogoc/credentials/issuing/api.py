"""From a unit's list to register lines: the only door of this applet.

The order is check → prepare → approve → print → sign → seal → issue. ``token`` (``pt_…``) names a
prepared batch. Every function opens its own ``people.acting(by)``, so callers need no transaction.
Days (``on``, ``today``) are business dates given by the edge; nothing here reads a clock.
"""

from sogoc.credentials.issuing.checking import check_list
from sogoc.credentials.issuing.errors import (
    ActDateNotAllowed,
    DecisionConflict,
    ListUnreadable,
    MandateMissing,
    Refused,
    RulingConflict,
    SamePerson,
    TokenDead,
    UnknownBatch,
    UnknownRuling,
    WrongState,
)
from sogoc.credentials.issuing.issue import issue_batch
from sogoc.credentials.issuing.preparing import prepare_batch
from sogoc.credentials.issuing.printing import misprint, print_batch
from sogoc.credentials.issuing.reading import (
    batch_findings,
    batch_rows,
    batches,
    get_batch,
)
from sogoc.credentials.issuing.records import (
    BatchRowView,
    BatchView,
    CheckedRow,
    CheckReport,
    Decision,
    FindingView,
    Issued,
    ListFile,
    Prepared,
    Printed,
    Proposal,
    RulingView,
)
from sogoc.credentials.issuing.rulings import (
    confirm_ruling,
    get_ruling,
    record_ruling,
    ruling_facts,
    rulings,
)
from sogoc.credentials.issuing.steps import approve_batch, cancel_batch, seal_batch, sign_batch
from sogoc.credentials.issuing.surroundings import (
    held_before,
    keepers_capacities,
    licence_facts,
    likenesses,
    member_universities,
)

__all__ = [
    "ActDateNotAllowed",
    "BatchRowView",
    "BatchView",
    "CheckReport",
    "CheckedRow",
    "Decision",
    "DecisionConflict",
    "FindingView",
    "Issued",
    "ListFile",
    "ListUnreadable",
    "MandateMissing",
    "Prepared",
    "Printed",
    "Proposal",
    "Refused",
    "RulingConflict",
    "RulingView",
    "SamePerson",
    "TokenDead",
    "UnknownBatch",
    "UnknownRuling",
    "WrongState",
    "approve_batch",
    "batch_findings",
    "batch_rows",
    "batches",
    "cancel_batch",
    "check_list",
    "confirm_ruling",
    "get_batch",
    "get_ruling",
    "held_before",
    "issue_batch",
    "keepers_capacities",
    "licence_facts",
    "likenesses",
    "member_universities",
    "misprint",
    "prepare_batch",
    "print_batch",
    "record_ruling",
    "ruling_facts",
    "rulings",
    "seal_batch",
    "sign_batch",
]
