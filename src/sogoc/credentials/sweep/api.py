"""Judging the past: the only door of this applet."""

from sogoc.credentials.sweep.sweeping import LineFinding, SweepReport, sweep

__all__ = ["LineFinding", "SweepReport", "sweep"]
