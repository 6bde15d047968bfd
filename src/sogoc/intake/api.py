"""The public door of intake; everything else in this package may change without notice."""

from sogoc.intake.annotate import Note, annotate
from sogoc.intake.dates import read_date
from sogoc.intake.errors import IntakeError
from sogoc.intake.fields import A_LIST, AS_IS, CONVERT, FIELDS, IGNORE, SUPPLEMENT, label
from sogoc.intake.model import (
    CellProblem,
    Column,
    JoinProblem,
    Limits,
    Question,
    Reading,
    Remark,
    Row,
    SheetReading,
    SkippedSheet,
)
from sogoc.intake.reader import read_file, read_table
from sogoc.intake.template import TemplateColumn, make_template

__all__ = [
    "AS_IS",
    "A_LIST",
    "CONVERT",
    "FIELDS",
    "IGNORE",
    "SUPPLEMENT",
    "CellProblem",
    "Column",
    "IntakeError",
    "JoinProblem",
    "Limits",
    "Note",
    "Question",
    "Reading",
    "Remark",
    "Row",
    "SheetReading",
    "SkippedSheet",
    "TemplateColumn",
    "annotate",
    "label",
    "make_template",
    "read_date",
    "read_file",
    "read_table",
]
