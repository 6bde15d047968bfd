"""Set the program up: home, database server, Django. Importing this module costs nothing."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sogoc.config.home import Home

_COLLECT_AFTER: Final = (50_000, 20, 50)
"""New objects before rubbish is looked for, and how seldom among older ones: a list of 100,000 rows
makes millions that stay, and looking through them again and again took a quarter of the time."""


def setup(*, start_server: bool, serving: bool = False) -> Home:
    """Make Django ready on the home in use and return that home.

    With `start_server` the database answers when this returns. `serving` is for the web process: it
    pools connections and never holds the owner's password. Refuses a too strong application role.
    Raises HomeError, EmbeddedError, DatabaseError: all of them `Error`s to show as they are.
    """
    gc.set_threshold(*_COLLECT_AFTER)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sogoc.config.settings")
    if serving:
        os.environ["SOGOC_SERVING"] = "1"

    from sogoc.config import database, witnesses
    from sogoc.config.home import open_home

    home = open_home()
    if start_server:
        database.ensure_database()
        witnesses.ensure_running(home)

    import django

    django.setup()
    if start_server:
        witnesses.trust_logs(home)
    if serving or not database.is_embedded():  # the embedded server's roles are our own making
        from sogoc.config.checks import assert_app_role_is_safe

        assert_app_role_is_safe()
    return open_home()
