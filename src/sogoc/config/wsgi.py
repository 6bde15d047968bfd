"""The web process: `gunicorn sogoc.config.wsgi:application`."""

from sogoc.config import boot

boot.setup(start_server=True, serving=True)

from django.core.wsgi import get_wsgi_application  # noqa: E402 - after setup

application = get_wsgi_application()
