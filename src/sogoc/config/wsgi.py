"""The web process: `gunicorn sogoc.config.wsgi:application`."""

import gc

from sogoc.config import boot

boot.setup(start_server=True, serving=True)

from django.core.wsgi import get_wsgi_application  # noqa: E402 - after setup
from django.urls import get_resolver  # noqa: E402

from sogoc.policy.api import load_law  # noqa: E402

application = get_wsgi_application()

# What every request needs is read before the first one, not by it; and as it never dies,
# collections pass over it: a hundred thousand objects would stop a worker for 50 ms each time.
get_resolver().url_patterns  # noqa: B018 - reads the addresses
load_law()
gc.collect()
gc.freeze()
