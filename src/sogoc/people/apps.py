"""Django application people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The people tables and their guards."""

    name = "sogoc.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
