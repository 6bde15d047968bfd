"""Addresses: everything is the web package's; nothing is routed here."""

from django.urls import include, path

urlpatterns = [path("", include("sogoc.web.urls"))]
