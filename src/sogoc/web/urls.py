"""Addresses of all pages. Vietnamese at `/`, English at `/en/`; no cookie decides the language."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import TemplateView

from sogoc.web import design, errors
from sogoc.web.public import views as public
from sogoc.web.public.comparing import compare
from sogoc.web.public.file_check import check_file, receipt
from sogoc.web.public.line_papers import line_papers
from sogoc.web.public.transparency import transparency

handler403 = errors.not_allowed
handler404 = errors.no_page
handler500 = errors.failure

urlpatterns = [
    path(
        "robots.txt",
        TemplateView.as_view(template_name="web/robots.txt", content_type="text/plain"),
        name="robots",
    ),
    *i18n_patterns(
        path("", public.home, name="home"),
        path("tra-cuu/", public.look_up, name="look-up"),
        path("c/<str:code>", public.by_code, name="by-code"),
        path("c/<str:code>/so-giay", compare, name="compare"),
        path("c/<str:code>/cac-ban", line_papers, name="line-papers"),
        path("kiem-tra-tep/", check_file, name="check-file"),
        path("kiem-tra-tep/bien-nhan", receipt, name="receipt"),
        path("minh-bach/", transparency, name="transparency"),
        path("luat/", include("sogoc.web.law.urls")),
        path("design/", design.design, name="design"),
        path("office/", include("sogoc.web.office.urls")),
        prefix_default_language=False,
    ),
]
