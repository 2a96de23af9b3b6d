"""A Django site: its admin pages, and views that tell what of a request arrived."""

from __future__ import annotations

import hashlib
import os
from typing import Final

import django
from django.conf import settings

BUNDLED: Final = ("admin", "auth", "contenttypes", "messages", "sessions")
LAYERS: Final = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
)
SHOWN: Final = (
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
)
settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DJANGO_DATABASE"]}
    },
    INSTALLED_APPS=[f"django.contrib.{name}" for name in BUNDLED],
    MIDDLEWARE=LAYERS,
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="for tests alone, nothing is kept with it",
    STATIC_URL="static/",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": SHOWN},
        }
    ],
)
django.setup()

# What follows can be imported only now that Django knows its settings.
from django.contrib import admin  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402


def arrived(request: HttpRequest) -> JsonResponse:
    """Tell what arrived: the method, the headers as a CGI program sees them, and the body."""
    body = request.META["wsgi.input"]  # Django's own reading ends before a body without a length
    digest, length = hashlib.sha256(), 0
    while chunk := body.read(65536):
        digest.update(chunk)
        length += len(chunk)
    head = {key: value for key, value in request.META.items() if key.isupper()}
    shown = {key: value for key, value in head.items() if isinstance(value, str)}
    return JsonResponse({"head": shown, "length": length, "sha256": digest.hexdigest()})


urlpatterns = [path("admin/", admin.site.urls), path("arrived", csrf_exempt(arrived))]
application = get_wsgi_application()


def set_up(password: str) -> None:
    """Make the tables and the account `root`."""
    call_command("migrate", verbosity=0)
    User.objects.create_superuser("root", "root@example.com", password)


if __name__ == "__main__":
    set_up(os.environ["DJANGO_PASSWORD"])
