"""Django finds the models of every applet here."""

from sogoc.credentials.blanks.models import BlankLot, BlankMovement, BlankReservation
from sogoc.credentials.digitisation.models import (
    CountedLine,
    DigitisationJob,
    DigitisationMinutes,
    KeyedLine,
    LineSettlement,
    MinutesSignature,
    PageImage,
    PageKeying,
)
from sogoc.credentials.disclosure.models import LookupFailure
from sogoc.credentials.documents.models import Document, DocumentEdition, DocumentState
from sogoc.credentials.issuing.models import (
    Batch,
    BatchFinding,
    BatchRow,
    RecognitionDecision,
    Ruling,
)
from sogoc.credentials.lifecycle.models import RevocationEnd, RevocationProposal
from sogoc.credentials.log.models import LogArrival, LogCheckpoint, LogLeaf, LogPosition
from sogoc.credentials.overrides.models import (
    Override,
    OverrideConfirmation,
    OverrideWithdrawal,
)
from sogoc.credentials.register.models import (
    ErasedFile,
    RegisterBook,
    RegisterLine,
    RegisterPersonal,
)
from sogoc.credentials.rules.models import RuleSetActivation
from sogoc.credentials.signing.models import (
    CredentialRequest,
    MadeCredential,
    MadeSignature,
    PausedPaper,
    SignatureRequest,
    SigningKey,
    SigningKeyEnd,
)
from sogoc.credentials.status.models import StatusEntry, StatusIssue, StatusList, StatusMark
from sogoc.credentials.sweep.models import (
    SweepCase,
    SweepCaseNote,
    SweepPart,
    SweepProgress,
    SweepRun,
)

__all__ = [
    "Batch",
    "BatchFinding",
    "BatchRow",
    "BlankLot",
    "BlankMovement",
    "BlankReservation",
    "CountedLine",
    "CredentialRequest",
    "DigitisationJob",
    "DigitisationMinutes",
    "Document",
    "DocumentEdition",
    "DocumentState",
    "ErasedFile",
    "KeyedLine",
    "LineSettlement",
    "LogArrival",
    "LogCheckpoint",
    "LogLeaf",
    "LogPosition",
    "LookupFailure",
    "MadeCredential",
    "MadeSignature",
    "MinutesSignature",
    "Override",
    "OverrideConfirmation",
    "OverrideWithdrawal",
    "PageImage",
    "PageKeying",
    "PausedPaper",
    "RecognitionDecision",
    "RegisterBook",
    "RegisterLine",
    "RegisterPersonal",
    "RevocationEnd",
    "RevocationProposal",
    "RuleSetActivation",
    "Ruling",
    "SignatureRequest",
    "SigningKey",
    "SigningKeyEnd",
    "StatusEntry",
    "StatusIssue",
    "StatusList",
    "StatusMark",
    "SweepCase",
    "SweepCaseNote",
    "SweepPart",
    "SweepProgress",
    "SweepRun",
]
