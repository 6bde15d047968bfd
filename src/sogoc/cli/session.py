"""Who acts: ``--as`` in demo and test homes, a signed session from ``sogoc login`` elsewhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sogoc.cli.environment import Environment
from sogoc.cli.output import Output
from sogoc.kernel.errors import Error
from sogoc.kernel.text import Text

if TYPE_CHECKING:
    from sogoc.people.api import Actor

HOURS = 8
_SALT = "sogoc.cli.session"


class NotSignedIn(Error):
    """The command needs an account and none is known."""


def choose_actor(
    environment: Environment,
    output: Output,
    permission: str,
    *,
    account: str | None,
    organisation: str | None = None,
    excluding: frozenset[str] = frozenset(),
    sees_all: bool = False,
) -> Actor:
    """The account that acts; in a demo home, left out, the demo account whose role fits.

    ``sees_all`` prefers, among demo accounts, one that sees every body (ministry, inspector).

    Raises ``NotSignedIn`` in a real home without ``sogoc login``.
    """
    from sogoc.people import api as people

    today = environment.today()
    if account is not None:
        if not environment.is_playground and account != _session_account(environment):
            raise NotSignedIn(
                "as-only-in-demo",
                Text(
                    "--as chỉ dùng trong bản thử; hãy đăng nhập bằng `sogoc login`.",
                    "--as works in demo and test homes only; sign in with `sogoc login`.",
                ),
            )
        return people.load_actor(account, on=today)
    signed_in = _session_account(environment)
    if signed_in is not None:
        return people.load_actor(signed_in, on=today)
    if environment.is_playground:
        actor = people.demo_actor(
            permission, organisation_code=organisation, on=today, excluding=excluding
        )
        while sees_all and actor.sees is not None:
            excluding |= {actor.username}
            actor = people.demo_actor(permission, on=today, excluding=excluding)
        output.note(
            f"(bản thử: tài khoản {actor.username} – {actor.display_name})",
            f"(demo: acting as {actor.username} – {actor.display_name})",
        )
        return actor
    raise NotSignedIn(
        "not-signed-in",
        Text("Hãy đăng nhập trước: sogoc login.", "Sign in first: sogoc login."),
    )


def _session_file(environment: Environment) -> Path:
    base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    name = environment.home.as_posix().strip("/").replace("/", "-") or "home"
    return base / "sogoc" / f"{name}.session"


def _session_account(environment: Environment) -> str | None:
    from django.core import signing

    try:
        token = _session_file(environment).read_text("ascii")
        return str(signing.loads(token, salt=_SALT, max_age=HOURS * 3600))
    except (OSError, ValueError, signing.BadSignature):
        return None


def remember(environment: Environment, username: str) -> Path:
    """Keep a signed session for eight hours, readable by this operating-system user alone."""
    from django.core import signing

    file = _session_file(environment)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(signing.dumps(username, salt=_SALT))
    return file


def forget(environment: Environment) -> bool:
    """Drop the session; say whether there was one."""
    file = _session_file(environment)
    existed = file.exists()
    file.unlink(missing_ok=True)
    return existed
