"""A Django site: its admin pages, and a view that tells what of a request arrived."""

from __future__ import annotations

import hashlib

from django.contrib import admin
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt


def arrived(request: HttpRequest) -> JsonResponse:
    """Tell what arrived: the headers as a CGI program sees them, and what the body was."""
    body = request.META["wsgi.input"]  # Django's own reading ends before a body without a length
    digest, length = hashlib.sha256(), 0
    while chunk := body.read(65536):
        digest.update(chunk)
        length += len(chunk)
    head = {key: value for key, value in request.META.items() if key.isupper()}
    shown = {key: value for key, value in head.items() if isinstance(value, str)}
    return JsonResponse({"head": shown, "length": length, "sha256": digest.hexdigest()})


urlpatterns = [path("admin/", admin.site.urls), path("arrived", csrf_exempt(arrived))]
