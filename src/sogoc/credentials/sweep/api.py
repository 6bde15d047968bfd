"""Judging the past: the only door of this applet."""

from sogoc.credentials.sweep.cases import (
    CaseFile,
    CaseView,
    NoteView,
    assign_case,
    cases,
    close_case,
    count_cases,
    note_case,
    show_case,
)
from sogoc.credentials.sweep.errors import CaseRefused, NoSuchRun, RulesChanged, UnknownCase
from sogoc.credentials.sweep.judging import LineFinding, across, one_by_one
from sogoc.credentials.sweep.replay import CheckChange, LawComparison, compare_laws
from sogoc.credentials.sweep.runs import LAST, RunView, resume_sweep, store_sweep, sweep_runs
from sogoc.credentials.sweep.state import CLOSED, LABELS, TRANSITIONS
from sogoc.credentials.sweep.sweeping import SweepReport, sweep

__all__ = [
    "CLOSED",
    "LABELS",
    "LAST",
    "TRANSITIONS",
    "CaseFile",
    "CaseRefused",
    "CaseView",
    "CheckChange",
    "LawComparison",
    "LineFinding",
    "NoSuchRun",
    "NoteView",
    "RulesChanged",
    "RunView",
    "SweepReport",
    "UnknownCase",
    "across",
    "assign_case",
    "cases",
    "close_case",
    "compare_laws",
    "count_cases",
    "note_case",
    "one_by_one",
    "resume_sweep",
    "show_case",
    "store_sweep",
    "sweep",
    "sweep_runs",
]
