"""What may be chosen in the office's forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext

from sogoc.intake.api import FIELDS, label
from sogoc.people.api import Actor, acting, organisations
from sogoc.policy.api import load_law
from sogoc.web import clock
from sogoc.web.templatetags.sogoc_web import in_words

Choice = tuple[str, Any]


def kinds() -> list[Choice]:
    """Return the kinds that can be issued today, diplomas and certificates apart."""
    groups = (("diploma", gettext("Văn bằng")), ("certificate", gettext("Chứng chỉ")))
    current = [kind for kind in load_law().kinds.values() if kind.standing in {"current", "open"}]
    return [
        (title, [(k.id, in_words(k.name)) for k in current if k.category == category])
        for category, title in groups
    ]


def all_kinds() -> list[Choice]:
    """Return every kind an old book may record, those no longer issued too."""
    return [(k.id, in_words(k.name)) for k in load_law().kinds.values() if k.standing != "none"]


def kind_name(kind: str) -> str:
    """Return the name of a kind in the language of the page, or the id of an unknown one."""
    known = load_law().kinds.get(kind)
    return in_words(known.name) if known else kind


def issuers(actor: Actor) -> list[Choice]:
    """Return the organisations the actor works for or sees, its own first."""
    with acting(actor):
        found = organisations(on=clock.business_date())
    mine = [o for o in found if actor.sees is None or o.pk in actor.sees]
    mine.sort(key=lambda o: (o.pk != actor.organisation_id, o.name))
    english = (get_language() or "vi") == "en"
    return [(o.code, (english and o.name_en) or o.name) for o in mine]


def kept_issuers(actor: Actor) -> list[Choice]:
    """Return the organisations whose register the actor's body keeps, dissolved ones too."""
    with acting(actor):
        found = [o for o in organisations() if o.pk in actor.keeps]
    found.sort(key=lambda o: (o.pk != actor.organisation_id, o.name))
    english = (get_language() or "vi") == "en"
    return [(o.code, (english and o.name_en) or o.name) for o in found]


def labelled(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return fields of a list with the names people know them by, in the order of a list."""
    known = [(in_words(label(name)), values[name]) for name in FIELDS if name in values]
    return [(name, value) for name, value in known if value not in (None, "")]
