"""Django application web."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, components, static files and translations."""

    name = "sogoc.web"
    label = "web"

    def ready(self) -> None:
        """Let components take `{% translate %}` inside their attributes.

        Cotton's own application would do it too, but imports the whole of Django's admin.
        """
        from django_cotton.nested_tag_support import enable_nested_tag_support

        enable_nested_tag_support()
