"""Django application people."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class PeopleConfig(AppConfig):
    """The people tables and their guards."""

    name = "sogoc.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Refuse queries without an identity, from the first connection on."""
        from sogoc.people.identity import watch_connection

        connection_created.connect(watch_connection, dispatch_uid="sogoc.people.identity")
