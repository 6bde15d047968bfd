"""The server's settings. Written anew at each start: a new version of Sổ Gốc brings its own."""

from __future__ import annotations

import os

from sogoc.config.embedded.cluster import PORT, Cluster

_SETTINGS = """\
# Written by Sổ Gốc at each start; changes made here are lost.
listen_addresses = ''                    # Unix socket only
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 100

# Nothing acknowledged is lost.
fsync = on
full_page_writes = on
synchronous_commit = on
max_wal_size = 2GB
min_wal_size = 256MB
wal_compression = lz4
wal_buffers = 32MB
checkpoint_timeout = 15min

# One machine shared with the web process: an eighth of its memory, and what the system caches.
shared_buffers = {buffers}MB
effective_cache_size = {cached}MB
work_mem = 32MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
jit = off

# Same answers on every machine.
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'ISO, YMD'
password_encryption = 'scram-sha-256'

# Names and numbers of people stay out of the log file: no statements, no "Key (…)=(…)" details.
logging_collector = off
log_min_messages = warning
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length_on_error = 0
log_checkpoints = off
log_line_prefix = '%m [%p] %q%u@%d '
"""

_ACCESS = """\
# Written by Sổ Gốc at each start. Passwords even on the socket: root may enter any directory.
local all all scram-sha-256
"""


def write_configuration(places: Cluster) -> None:
    """Write `sogoc.conf` and `pg_hba.conf` into the data directory."""
    sockets = str(places.sockets).replace("'", "''")
    memory = _memory_in_mib()
    settings = _SETTINGS.format(
        port=PORT,
        sockets=sockets,
        buffers=min(max(memory // 8, 128), 4096),
        cached=max(memory // 2, 256),
    )
    for name, text in (
        ("sogoc.conf", settings),
        ("pg_hba.conf", _ACCESS),
    ):
        # Opened, not replaced: owner and mode stay as initdb made them.
        (places.data / name).write_text(text, "utf-8")


def _memory_in_mib() -> int:
    """Return the memory of the machine, in MiB."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20


def include_ours(data_directory_text: str) -> str:
    """Return `postgresql.conf` with our file included last."""
    return data_directory_text + "\ninclude 'sogoc.conf'\n"
