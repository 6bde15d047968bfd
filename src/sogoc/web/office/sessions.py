"""Signing in and out."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from sogoc.kernel.errors import Error
from sogoc.web import clock
from sogoc.web.doors import public
from sogoc.web.office.forms import SignInForm
from sogoc.web.templatetags.sogoc_web import in_words


@public
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; one answer for every way they can be wrong."""
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            account = authenticate(
                request,
                username=said["username"],
                password=said["password"],
                on=clock.business_date(),
            )
        except Error as error:  # too many attempts
            form.add_error(None, in_words(error.message))
            status = 429
        else:
            if account is not None:
                login(request, account)
                return HttpResponseRedirect(_next(request))
            form.add_error(
                "password",
                gettext("Tên tài khoản hoặc mật khẩu không đúng, hoặc tài khoản đã khóa."),
            )
    context = {"form": form, "next": request.GET.get("next", "")}
    return render(request, "office/sign_in.html", context, status=status)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return HttpResponseRedirect(reverse("office:sign-in"))


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else reverse("office:home")
