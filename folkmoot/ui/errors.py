"""Every refusal and every fault becomes a page that says what happened, what was kept and what to do.

Addresses under API_PREFIXES answer with problem details (RFC 9457) instead, and a door with a standard of its own
in that standard's form (base.registries.error_forms).
"""

import json
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from folkmoot.base.doors import SignInFirst
from folkmoot.base.registries import error_forms
from folkmoot.ui import troubles
from folkmoot.ui.kept import Kept, kept_of
from folkmoot.ui.troubles import Trouble, trouble_of

API_PREFIXES = ("/api/",)
PROBLEM_TYPE = "application/problem+json"

log = logging.getLogger("folkmoot.ui")


class RefuseUnreadable:
    """Middleware: what no browser sends is refused before anything is asked.

    Nobody types the character NUL, and PostgreSQL cannot take it in a question or a row: forms refuse it beside
    the field, addresses and cookies here. A length that is no number would break the reading of the body.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_unreadable(request):
            request.META["CONTENT_LENGTH"] = "0"  # the page that says so reads no more of it
            return answer(request, troubles.NOT_UNDERSTOOD, is_bare=True)
        return self.get_response(request)


class ErrorPages:
    """Middleware: what a view raises becomes a page with the right status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_bare_refusal = is_api(request) or not getattr(response, "content", b"")
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and is_bare_refusal:
            page = answer(request, troubles.WRONG_METHOD if is_api(request) else troubles.WRONG_WAY)
            page.headers["Allow"] = response.headers.get("Allow", "")
            return page
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, SignInFirst):
            return sign_in_first(request)
        trouble = trouble_of(error)
        if trouble is None:
            return None
        if trouble.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("%s %s answered %d: %s", request.method, request.path, trouble.status, error)
        return answer(request, trouble)


def answer(
    request: HttpRequest, trouble: Trouble, *, is_bare: bool = False, errors: Sequence[Mapping[str, str]] = ()
) -> HttpResponse:
    """The page or problem for `trouble`. A bare page asks neither the database nor who is at the door."""
    own_form = next((form for path, form in error_forms if request.path.startswith(path)), None)
    if own_form is not None:
        response = own_form(request, trouble)
    elif is_api(request):
        response = problem(trouble, request.path, errors)
    else:
        response = _page(request, trouble, is_bare=is_bare or trouble.status >= 500)
    if trouble.retry_after_seconds is not None:
        response.headers["Retry-After"] = str(trouble.retry_after_seconds)
    response.headers["Cache-Control"] = "no-store"
    return response


def problem(trouble: Trouble, instance: str, errors: Sequence[Mapping[str, str]] = ()) -> HttpResponse:
    """Problem details. Source: RFC 9457 section 3; `about:blank` has the phrase of the status as title.

    Shapes: `errors` are ui.wire.Fault: where, JSON pointer, sentence.
    """
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(trouble.status).phrase,
        "status": trouble.status,
        "detail": str(trouble.sentence),
        "instance": instance,
    }
    if errors:
        body["errors"] = errors
    return HttpResponse(
        json.dumps(body, ensure_ascii=False), content_type=PROBLEM_TYPE, status=trouble.status
    )


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """A reader is sent to the sign-in page and back; a writer keeps what was typed."""
    if is_api(request):
        return answer(request, troubles.SIGN_IN_TO_SEE)
    if request.method not in {"GET", "HEAD"}:
        return answer(request, troubles.SIGN_IN_FIRST)
    address = f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}"
    if is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is too old can be sent again; one that another site sent can not."""
    trouble = troubles.FORM_TOO_OLD if is_from_here(request, reason) else troubles.FROM_ELSEWHERE
    log.warning("%s %s: %s", request.method, request.path, reason)
    return answer(request, trouble, is_bare=True)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return answer(request, troubles.NOT_FOUND)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, trouble_of(exception) or troubles.NOT_UNDERSTOOD, is_bare=True)


def server_error(request: HttpRequest) -> HttpResponse:
    """For what no view raised: a middleware's refusal, a lost database, or a fault of ours."""
    trouble = trouble_of(sys.exc_info()[1]) or troubles.BROKEN
    try:
        return answer(request, trouble, is_bare=True)
    except Exception:  # the page itself is what breaks: say it without a template
        log.exception("the error page could not be made")
        text = f"{trouble.title}\n\n{trouble.sentence}\n{trouble.advice}\n"
        return HttpResponse(text, content_type="text/plain; charset=utf-8", status=trouble.status)


def is_unreadable(request: HttpRequest) -> bool:
    query, length = request.META.get("QUERY_STRING", ""), request.META.get("CONTENT_LENGTH") or "0"
    if "%00" in query or not (length.isascii() and length.isdigit()):
        return True
    return any("\0" in text for text in (request.path, query, *request.COOKIES.values()))


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith(API_PREFIXES)


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def is_from_here(request: HttpRequest, reason: str) -> bool:
    """Whether our own page sent this POST, by what the browser says and no page can forge."""
    if reason.startswith(("Origin checking failed", "Referer checking failed")):
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(origin).netloc == request.get_host()


def _page(request: HttpRequest, trouble: Trouble, *, is_bare: bool) -> HttpResponse:
    kept = None if trouble is troubles.FROM_ELSEWHERE else kept_of(request)
    context = {
        "frame_template": "ui/bare.html" if is_bare else "ui/page.html",
        "trouble": trouble,
        "kept": kept,
        "back": way_back(request, kept),
        "sign_in_url": reverse(settings.LOGIN_URL) if trouble is troubles.SIGN_IN_FIRST else "",
    }
    html = render_to_string("ui/error.html", context, request)
    response = HttpResponse(html, status=trouble.status)
    if is_htmx(request):
        response["HX-Retarget"] = response["HX-Reselect"] = "#main"
        response["HX-Reswap"] = "outerHTML"
    return response


def way_back(request: HttpRequest, kept: Kept | None) -> str:
    """The page from which somebody acted, as the browser names it; the address itself failing that."""
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(
        referer, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        parts = urlsplit(referer)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return request.path if kept is not None else "/"
