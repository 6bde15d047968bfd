"""Conventions of the tables."""

from __future__ import annotations

from typing import ClassVar, get_type_hints

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import Model

OURS = ("people", "credentials")


def our_models() -> list[type[Model]]:
    return [model for label in OURS for model in apps.get_app_config(label).get_models()]


def test_every_table_names_its_personal_columns() -> None:
    """Personal data are found, exported and erased by this list, so it is never inherited."""
    silent, unknown = [], []
    for model in our_models():
        named = vars(model).get("personal_fields")
        if not isinstance(named, tuple):
            silent.append(model.__name__)
            continue
        fields = {field.name for field in model._meta.get_fields()}
        unknown += [f"{model.__name__}.{name}" for name in named if name not in fields]
        assert get_type_hints(model)["personal_fields"] == ClassVar[tuple[str, ...]]
    assert our_models()
    assert (silent, unknown) == ([], [])


def test_migrations_are_one_line_and_complete() -> None:
    loader = MigrationLoader(None)
    for label in OURS:
        assert len(loader.graph.leaf_nodes(label)) == 1, label
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    missing = detector.changes(graph=loader.graph)
    assert {label: missing[label] for label in OURS if label in missing} == {}
