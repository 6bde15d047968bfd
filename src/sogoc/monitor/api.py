"""Following a log from outside: the only door of this package."""

from sogoc.monitor.alarms import Alarm
from sogoc.monitor.audit import Finding, LogReport, audit_log
from sogoc.monitor.database import compare_database
from sogoc.monitor.delivery import as_data, iso
from sogoc.monitor.rounds import RoundReport, run_round
from sogoc.monitor.settings import FILE as SETTINGS_FILE
from sogoc.monitor.settings import Log, Settings, read_settings, settings_of, settings_text
from sogoc.monitor.sources import FolderSource, Source, SourceError, WebSource, logs_at
from sogoc.monitor.state import MonitorError, MonitorState, StoredAlarm
from sogoc.monitor.time_stamps import Stamps, check_time_stamps

__all__ = [
    "SETTINGS_FILE",
    "Alarm",
    "Finding",
    "FolderSource",
    "Log",
    "LogReport",
    "MonitorError",
    "MonitorState",
    "RoundReport",
    "Settings",
    "Source",
    "SourceError",
    "Stamps",
    "StoredAlarm",
    "WebSource",
    "as_data",
    "audit_log",
    "check_time_stamps",
    "compare_database",
    "iso",
    "logs_at",
    "read_settings",
    "run_round",
    "settings_of",
    "settings_text",
]
