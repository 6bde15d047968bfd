"""Start-up checks: what must hold before the first request is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Error as Refusal

from sogoc.config.database import DatabaseError
from sogoc.kernel.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

_RIGHTS = """
    select r.rolname, r.rolsuper or exists (
               select from pg_roles s where s.rolsuper and pg_has_role(r.oid, s.oid, 'member')),
           r.rolbypassrls,
           coalesce((
               select c.relname from pg_class c
               where c.relkind in ('r', 'p', 'v', 'm', 'S')
                 and c.relnamespace = 'public'::regnamespace
                 and pg_has_role(r.oid, c.relowner, 'member')
               order by c.relname limit 1), '')
    from pg_roles r where r.rolname = current_user
"""


def assert_app_role_is_safe(alias: str = "default") -> None:
    """Raise DatabaseError when the application's role could get round the guards of the database.

    It may not be superuser (or a member of one), bypass row-level security, or own (or belong to a
    role that owns) a table: an owner switches triggers off and alters what must only grow.
    """
    import psycopg
    from django.db import connections

    # A connection of its own: nobody acts yet, and Django's refuses queries without an identity.
    with psycopg.connect(**connections[alias].get_connection_params()) as connection:
        rows = connection.execute(_RIGHTS).fetchall()
    role, superuser, bypasses, owned = rows[0]
    if superuser or bypasses or owned:
        raise DatabaseError(
            "application-role-too-strong",
            Text(
                f"Vai trò “{role}” của ứng dụng có quá nhiều quyền (superuser, bỏ qua RLS hoặc "
                "sở hữu bảng). Hãy tạo vai trò riêng như docs/operations/install.md hướng dẫn.",
                f"The application's role {role!r} has too many rights (superuser, bypasses "
                "row-level security, or owns tables). Make a role of its own as "
                "docs/operations/install.md says.",
            ),
            superuser=superuser,
            bypasses_rls=bypasses,
            owned_table=owned,
        )


@register(Tags.database)
def application_role(*, databases: Iterable[str] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Report a too strong application role through `manage check --database default`."""
    if not databases or "default" not in databases:
        return []
    try:
        assert_app_role_is_safe()
    except DatabaseError as error:
        return [Refusal(error.message.en, id="sogoc.E001")]
    return []
