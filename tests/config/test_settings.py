"""What every page is sent with, and how the program starts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.test import Client

from sogoc.config import database
from sogoc.config.home import Home, Mode

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("page", ["/", "/nowhere", "/en/"])
@pytest.mark.django_db
def test_every_page_carries_the_strict_policy(page: str) -> None:
    answer = Client().get(page)
    assert set(answer["Content-Security-Policy"].split("; ")) == POLICY
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_settings_pass_djangos_checks() -> None:
    assert run_checks() == []


def test_nothing_is_open_by_default() -> None:
    assert settings.DEBUG is False
    assert len(settings.SECRET_KEY) >= 43
    assert settings.SOGOC_MODE == Mode.TEST
    assert "*" not in settings.ALLOWED_HOSTS
    assert not settings.DATABASES["default"]["ATOMIC_REQUESTS"]


def test_settings_are_readable_without_a_home(tmp_path: Path) -> None:
    done = python(
        "-c",
        "import django; django.setup(); from django.conf import settings as s;"
        "print(list(s.DATABASES), len(s.SECRET_KEY))",
        SOGOC_HOME=str(tmp_path / "none"),
    )
    assert (done.stdout, done.stderr) == ("['default'] 43\n", "")
    assert not (tmp_path / "none").exists()


def test_web_process_pools_and_has_no_owner(test_home: Home) -> None:
    done = python(
        "-c",
        "from sogoc.config import wsgi; from django.conf import settings as s;"
        "print(list(s.DATABASES), 'pool' in s.DATABASES['default']['OPTIONS'], wsgi.application)",
    )
    assert done.stdout.startswith("['default'] True <django"), done.stderr


def test_https_closes_cookies(test_home: Home) -> None:
    done = python(
        "-c",
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0)",
        SOGOC_HTTPS="1",
    )
    assert done.stdout == "__Host-sogoc True True\n", done.stderr


def test_busy_port_is_said_clearly(test_home: Home) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        done = python("-m", "sogoc.config.serve", PORT=str(port))
    assert done.returncode == 1
    assert f"Port {port} is in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_home_is_said_clearly(tmp_path: Path) -> None:
    done = python("-m", "sogoc.config.serve", SOGOC_HOME=str(tmp_path / "none"), PORT="0")
    assert done.returncode == 1
    assert "sogoc init" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("module", ["sogoc.config.serve", "sogoc.config.boot"])
def test_owner_as_application_never_starts(test_home: Home, module: str) -> None:
    start = ["-m", module]
    if module == "sogoc.config.boot":
        start = ["-c", "from sogoc.config import boot; boot.setup(start_server=True)"]
    done = python(*start, DATABASE_URL=database.urls().owner, PORT="0")
    assert done.returncode == 1
    assert "'sogoc_owner'" in done.stderr or "“sogoc_owner”" in done.stderr


def test_discarding_nothing_is_fine(tmp_path: Path) -> None:
    assert python("-m", "sogoc.config.discard", SOGOC_HOME=str(tmp_path / "no")).returncode == 0


@pytest.mark.parametrize("module", ["sogoc.config.boot", "sogoc.config.environment"])
def test_starting_reads_neither_django_nor_driver(module: str) -> None:
    done = python(
        "-c", f"import {module}, sys; print([m for m in ('django', 'psycopg') if m in sys.modules])"
    )
    assert done.stdout == "[]\n", done.stderr
