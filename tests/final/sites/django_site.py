"""The site of the WSGI tests, in Django, in one file (see flask_site.py)."""

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="only for tests",
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
    ],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
)

from django.core.wsgi import get_wsgi_application  # noqa: E402 - after the settings
from django.http import (  # noqa: E402
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.urls import path  # noqa: E402

released = threading.Event()


def hello(request: HttpRequest) -> HttpResponse:
    address = request.META["REMOTE_ADDR"]
    return HttpResponse(f"Hello from Django to {request.get_host()}, {address}")


def count(request: HttpRequest) -> HttpResponse:
    request.session["count"] = request.session.get("count", 0) + 1
    return HttpResponse(str(request.session["count"]))


def upload(request: HttpRequest) -> HttpResponse:
    file = request.FILES["file"]
    return JsonResponse({"name": file.name, "sum": hashlib.sha256(file.read()).hexdigest()})


def sum_of_body(request: HttpRequest) -> HttpResponse:
    return HttpResponse(hashlib.sha256(request.body).hexdigest())


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def pieces() -> Iterator[str]:
        yield "first\n"
        yield "second\n" if released.wait(10) else "never released\n"

    return StreamingHttpResponse(pieces(), content_type="text/plain")


def release(request: HttpRequest) -> HttpResponse:
    released.set()
    return HttpResponse("released")


def old(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("/")


def file(request: HttpRequest) -> Any:
    return FileResponse(Path(os.environ["FILE"]).open("rb"), as_attachment=True)


def echo(request: HttpRequest, text: str) -> HttpResponse:
    return HttpResponse(f"{text} {request.GET.get('q')}")


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a bug of the site")


urlpatterns = [
    path("", hello),
    path("count", count),
    path("upload", upload),
    path("sum", sum_of_body),
    path("stream", stream),
    path("release", release),
    path("old", old),
    path("file", file),
    path("echo/<path:text>", echo),
    path("fail", fail),
]
app = get_wsgi_application()
