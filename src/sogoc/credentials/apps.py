"""Django application credentials."""

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    """The credentials tables and their guards."""

    name = "sogoc.credentials"
    label = "credentials"
    default_auto_field = "django.db.models.BigAutoField"
