"""What the pages take from the installation: the clock, and the directory for uploads.

Demonstration and test homes may live on another business date, and then every page says so.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from django.conf import settings


def now() -> datetime:
    """Return the time of an act, aware; on the business date in a demonstration home."""
    moment: datetime = settings.SOGOC_ENVIRONMENT.now()
    return moment


def business_date() -> date:
    """Return the day acts are dated: today in Vietnam, or the date a demonstration home set."""
    day: date = settings.SOGOC_ENVIRONMENT.today()
    return day


def is_playground() -> bool:
    """Whether data here are not real: acts may bear any date, and every page says so."""
    return bool(settings.SOGOC_ENVIRONMENT.is_playground)


def uploads_directory() -> Path:
    """Return where files lie as they were received, readable by us alone."""
    directory: Path = settings.SOGOC_ENVIRONMENT.uploads_directory
    return directory
