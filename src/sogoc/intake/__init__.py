"""Intake: bytes of a spreadsheet become rows with provenance; it knows nothing of the law.

The public door is `sogoc.intake.api`.
"""
