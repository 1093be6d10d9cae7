"""Pages asked for inside this process: how many queries they cost, how long they take, and where the time goes."""

import cProfile
import io
import pstats
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test.utils import CaptureQueriesContext

from folkmoot.people.actors import ACTING_POST
from folkmoot.people.models import Account, Post
from measure.load import get
from measure.reporters import addresses

application = get_wsgi_application()
SOURCES = addresses()


@dataclass(frozen=True)
class Page:
    """An address, and whose it is: `cookies` names the session of somebody who is signed in."""

    path: str
    cookies: str = ""


def visit(request: Page | bytes) -> tuple[int, bytes]:
    """Status and body of a page, or of a request as it goes over the wire, through the whole stack."""
    status: list[int] = []

    def start(line: str, _headers: Any, _error: Any = None) -> None:
        status.append(int(line[:3]))

    response = application(environ_of(request), start)
    body = b"".join(response)
    response.close()
    return status[0], body


def environ_of(request: Page | bytes) -> dict[str, Any]:
    if isinstance(request, Page):
        request = get(request.path, 80, request.cookies)
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _version = first.split(" ")
    headers = {
        name.upper().replace("-", "_"): value for name, value in (line.split(": ", 1) for line in lines)
    }
    return {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": urlsplit(path).path,
        "QUERY_STRING": urlsplit(path).query, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": next(SOURCES),
        "CONTENT_TYPE": headers.pop("CONTENT_TYPE", ""), "CONTENT_LENGTH": headers.pop("CONTENT_LENGTH", ""),
        "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
        **{f"HTTP_{name}": value for name, value in headers.items()},
    }  # fmt: skip


def statements_of(request: Page | bytes) -> list[str]:
    """The SQL of one visit, BEGIN and COMMIT included. Raises SystemExit when it did not go well."""
    with CaptureQueriesContext(connection) as captured:
        status, body = visit(request)
    if status >= 400:
        raise SystemExit(f"{request!r} answered {status}: {body[:300]!r}")
    return [query["sql"] for query in captured.captured_queries]


def milliseconds(pages: list[Page], rounds: int) -> float:
    """The median time of a visit over several pages of one kind, each first seen once unmeasured."""
    for page in pages:
        statements_of(page)
    times = []
    for _ in range(rounds):
        for page in pages:
            begun = time.perf_counter()
            visit(page)
            times.append(time.perf_counter() - begun)
    return 1000 * statistics.median(times)


def profile(requests: Sequence[Page | bytes], lines: int = 45) -> str:
    """Where the time of such visits goes."""
    visit(requests[0])
    profiler = cProfile.Profile()
    profiler.enable()
    for request in requests[1:]:
        visit(request)
    profiler.disable()
    told = io.StringIO()
    pstats.Stats(profiler, stream=told).sort_stats("tottime").print_stats(lines)
    pstats.Stats(profiler, stream=told).sort_stats("cumulative").print_stats(
        "folkmoot|middleware|template/base", lines
    )
    return told.getvalue()


def session_cookie(account: Account, post: Post | None = None) -> str:
    """A session in which somebody is signed in, as the sign-in page would have made it."""
    session = SessionStore()
    session["_auth_user_id"] = str(account.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = account.get_session_auth_hash()
    if post is not None:
        session[ACTING_POST] = post.pk
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
