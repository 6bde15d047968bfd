"""Addresses: everything is the web package's; nothing is routed here.

The list itself is taken, not included: Django allows the language prefix `/en/` only at the root.
"""

from sogoc.web.urls import handler403, handler404, handler500, urlpatterns

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]
