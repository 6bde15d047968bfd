"""Django's settings. Reading them makes nothing and starts nothing: `boot.setup` does.

Without a home (type checks, `sogoc --help`) they describe a database that is not there and a
secret key that lasts as long as the process.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from sogoc.config import database
from sogoc.config.environment import LocalEnvironment
from sogoc.config.home import Home, HomeError, Mode, find_home, secret

PACKAGE = Path(__file__).parents[1]


def _flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def _home() -> Home | None:
    try:
        return find_home()
    except HomeError:
        return None  # boot.setup reports it to the user


_HOME = _home()
DEBUG = _flag("SOGOC_DEBUG")
SERVING = _flag("SOGOC_SERVING")
"""Set by the web process: connections are pooled, and it never has the owner's password."""

SOGOC_MODE = str(_HOME.mode) if _HOME else str(Mode.PRODUCTION)
SOGOC_HOME = _HOME.path if _HOME else None
SOGOC_ENVIRONMENT = LocalEnvironment()
"""The clock and the directories of this home, for the web; the command line is handed the same."""

SECRET_KEY = secret(_HOME, "django") if _HOME else secrets.token_urlsafe(32)
ALLOWED_HOSTS = os.environ.get("SOGOC_HOSTS", "127.0.0.1,localhost,[::1]").split(",")

# --- database
# -----------------------------------------------------------------------------------------


def _databases() -> dict[str, dict[str, Any]]:
    if _HOME is None and database.is_embedded():
        return {"default": database.django_settings("postgresql:///sogoc?host=/nonexistent")}
    app, owner = database.urls()
    found = {"default": database.django_settings(app, pool=SERVING)}
    if owner and not SERVING:
        found["owner"] = database.django_settings(owner)
    for settings in found.values():
        # Transactions are opened where identity is set, nowhere else.
        settings["ATOMIC_REQUESTS"] = False
    return found


DATABASES = _databases()
SOGOC_APP_ROLE = DATABASES["default"]["USER"]
"""The role to revoke from in the migrations of insert-only tables."""

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- programs
# -----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "sogoc.people",
    "sogoc.credentials",
    "sogoc.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
# django-cotton and django-csp are not listed: a loader, template tags and a middleware need no app,
# and cotton's app would import the whole of Django's admin at each start.

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "sogoc.web.log_files.LogFilesMiddleware",
    "sogoc.web.site_files.SiteFilesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "sogoc.config.urls"
WSGI_APPLICATION = "sogoc.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates", PACKAGE / "web"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
COTTON_DIR = "components"

# --- language and time
# --------------------------------------------------------------------------------

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

# --- accounts
# -----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["sogoc.people.signin.PeopleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
LOGIN_URL = "/office/sign-in"
LOGIN_REDIRECT_URL = "/office/"
LOGOUT_REDIRECT_URL = "/"

# --- static files
# -------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get("SOGOC_STATIC_ROOT")  # where `collectstatic` puts copies for a CDN
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "sogoc.web.finders.FontFinder",  # the typeface, from its wheel
]
WHITENOISE_USE_FINDERS = True  # no collectstatic step to forget
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- what browsers may do
# -----------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

HTTPS = _flag("SOGOC_HTTPS")
"""Set where a proxy speaks HTTPS for us and states it in X-Forwarded-Proto."""
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

CSRF_FAILURE_VIEW = "sogoc.web.errors.stale_form"
SESSION_ENGINE = "sogoc.people.sessions"
SESSION_COOKIE_NAME = "__Host-sogoc" if HTTPS else "sogoc"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 10 * 3600  # one working day
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS

# --- messages of the program
# --------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # a server's log wants time and place, a person at the terminal only the sentence
    "formatters": {
        "line": {
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s"
            if SERVING
            else "(%(levelname)s) %(message)s"
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # an address that does not exist, a code nobody has: answers, no events of the server
    "loggers": {"django.request": {"level": "ERROR"}},
}
