"""Addresses of the law. They are cited in letters: never change one."""

from __future__ import annotations

from django.urls import path

from sogoc.web.law import views

app_name = "law"
urlpatterns = [
    path("", views.start, name="start"),
    path("tham-quyen/", views.authority, name="authority"),
    path("loai/", views.kinds, name="kinds"),
    path("loai/<str:name>/", views.kind, name="kind"),
    path("van-ban/", views.instruments, name="instruments"),
    path("van-ban/<str:name>/", views.instrument, name="instrument"),
    path("quy-tac/", views.rules, name="rules"),
    path("quy-tac/<str:name>/", views.rule, name="rule"),
    path("tim/", views.search, name="search"),
    path("thay-doi/", views.changes, name="changes"),
    path("do-phu/", views.coverage, name="coverage"),
    path("chua-xac-nhan/", views.doubts, name="doubts"),
]
