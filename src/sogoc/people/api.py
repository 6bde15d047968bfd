"""The public door of the applet: everything others use is named in `__all__`.

Start with `acting`: every piece of work that touches the database runs inside it. `load_actor`,
`demo_actor`, the sign-in and the imports open what they need themselves; everything else here is
called inside `acting(actor)`.
"""

from __future__ import annotations

from sogoc.people.actors import NoDemoAccount, UnknownAccount, demo_actor, load_actor
from sogoc.people.audit import committed, event_leaf, record_event, recomputed_leaf
from sogoc.people.facts import body_fact, body_facts, find_mandate, mandate_facts
from sogoc.people.identity import (
    Actor,
    NoIdentityError,
    acting,
    current_actor,
    require_identity,
)
from sogoc.people.organisations import (
    TASKS,
    UnknownOrganisation,
    get_organisation,
    near_bodies,
    organisations,
    predecessors,
    successor,
)
from sogoc.people.permissions import (
    GRANTABLE,
    PERMISSION_LABELS,
    PERMISSIONS,
    ROLE_LABELS,
    NotPermitted,
    Role,
    may,
    require,
    roles_for,
)
from sogoc.people.provinces import (
    Province,
    load_provinces,
    province_on,
    provinces_on,
    successor_of,
)

__all__ = [
    "GRANTABLE",
    "PERMISSIONS",
    "PERMISSION_LABELS",
    "ROLE_LABELS",
    "TASKS",
    "Actor",
    "NoDemoAccount",
    "NoIdentityError",
    "NotPermitted",
    "Province",
    "Role",
    "UnknownAccount",
    "UnknownOrganisation",
    "acting",
    "body_fact",
    "body_facts",
    "committed",
    "current_actor",
    "demo_actor",
    "event_leaf",
    "find_mandate",
    "get_organisation",
    "load_actor",
    "load_provinces",
    "mandate_facts",
    "may",
    "near_bodies",
    "organisations",
    "predecessors",
    "province_on",
    "provinces_on",
    "recomputed_leaf",
    "record_event",
    "require",
    "require_identity",
    "roles_for",
    "successor",
    "successor_of",
]
