"""The public door of the applet: everything others use is named in `__all__`.

Start with `acting`: every piece of work that touches the database runs inside it. `load_actor`,
`demo_actor`, the sign-in and the imports open what they need themselves; everything else here is
called inside `acting(actor)`.
"""

from __future__ import annotations

from sogoc.people.actors import (
    NoDemoAccount,
    UnknownAccount,
    demo_actor,
    first_officer,
    load_actor,
)
from sogoc.people.audit import committed, event_leaf, recomputed_leaf, record_event
from sogoc.people.demo import load_demo
from sogoc.people.facts import body_fact, body_facts, find_mandate, mandate_facts
from sogoc.people.identity import (
    Actor,
    NoIdentityError,
    acting,
    current_actor,
    require_identity,
)
from sogoc.people.imports import (
    ImportProblem,
    ImportRefused,
    ImportReport,
    import_accounts,
    import_mandates,
    import_organisations,
)
from sogoc.people.old_provinces import NamedProvince, province_named
from sogoc.people.organisations import (
    TASKS,
    UnknownOrganisation,
    get_organisation,
    near_bodies,
    organisation_summaries,
    organisations,
    predecessors,
    successions,
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
from sogoc.people.signin import TooManyAttempts, set_password, sign_in

__all__ = [
    "GRANTABLE",
    "PERMISSIONS",
    "PERMISSION_LABELS",
    "ROLE_LABELS",
    "TASKS",
    "Actor",
    "ImportProblem",
    "ImportRefused",
    "ImportReport",
    "NamedProvince",
    "NoDemoAccount",
    "NoIdentityError",
    "NotPermitted",
    "Province",
    "Role",
    "TooManyAttempts",
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
    "first_officer",
    "get_organisation",
    "import_accounts",
    "import_mandates",
    "import_organisations",
    "load_actor",
    "load_demo",
    "load_provinces",
    "mandate_facts",
    "may",
    "near_bodies",
    "organisation_summaries",
    "organisations",
    "predecessors",
    "province_named",
    "province_on",
    "provinces_on",
    "recomputed_leaf",
    "record_event",
    "require",
    "require_identity",
    "roles_for",
    "set_password",
    "sign_in",
    "successions",
    "successor",
    "successor_of",
]
