"""Addresses of the office."""

from __future__ import annotations

from django.urls import path
from django.views.generic import TemplateView

app_name = "office"
v = TemplateView.as_view(template_name="web/no_page.html")
urlpatterns = [
    path("", v, name="home"),
    path("upload/", v, name="upload"),
    path("register/", v, name="register"),
    path("sign-out/", v, name="sign-out"),
]
