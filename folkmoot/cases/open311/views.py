"""The calls of GeoReport v2. Each reads its arguments, asks one query or calls one service, and answers."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from folkmoot.areas.queries import outermost_area
from folkmoot.base.actors import VISITOR
from folkmoot.base.doors import Request, View, door
from folkmoot.base.errors import NotAllowed, NotFound
from folkmoot.cases import queries, services
from folkmoot.cases.models import ApiKey, Case, Category
from folkmoot.cases.open311 import bodies
from folkmoot.cases.open311.arguments import ReportForm, cleaned, read_answers, read_filter, read_photos
from folkmoot.cases.open311.errors import BadArguments, error_answer
from folkmoot.cases.open311.filters import chosen
from folkmoot.cases.open311.openapi import description
from folkmoot.cases.open311.render import CONTENT_TYPES, JSON, Value, render
from folkmoot.cases.services import Report
from folkmoot.cases.views.reporting import CLAIMS_AN_HOUR, check_rate
from folkmoot.media.services import take_photo

REPORTS_AN_HOUR = 600  # of one key from one address: an app's own server reports for many people
READING = ("GET", "HEAD")


def resource(*methods: str) -> Callable[[View], View]:
    """A resource of the standard: other methods are refused, wrong arguments named, the jurisdiction compared.

    This door knows no sessions. Whoever is signed in in the same browser is a visitor here, so that a page of
    somebody else gains nothing from sending a form to it; hence no CSRF token is asked for.
    """

    def outer(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            cast(Request, request).actor = VISITOR
            try:
                check_jurisdiction(request)
                return view(request, *args, **kwargs)
            except BadArguments as bad:
                return error_answer(kwargs.get("form", JSON), 400, bad.sentences)

        return cast(View, wrapped)

    return outer


def check_jurisdiction(request: HttpRequest) -> None:
    """There is one: the outermost area. It may be named or not. Raises NotFound for another."""
    named = (request.POST if request.method == "POST" else request.GET).get("jurisdiction_id")
    if not named:
        return
    try:
        code = outermost_area().code
    except ObjectDoesNotExist:
        code = ""
    if named != code:
        raise NotFound(_("jurisdiction_id: there is no “%(code)s” here.") % {"code": named})


def answer(root: str, body: Value, form: str) -> HttpResponse:
    return HttpResponse(render(root, body, form), content_type=CONTENT_TYPES[form])


@resource(*READING)
@door("cases.use_open311")
def discovery(request: Request, form: str) -> HttpResponse:
    body = bodies.discovery(request.build_absolute_uri, queries.open311_changed_at())
    return answer("discovery", body, form)


@resource(*READING)
@door("cases.use_open311")
def service_list(request: Request, form: str) -> HttpResponse:  # noqa: ARG001 - asks nothing of it
    return answer("services", [bodies.service(category) for category in queries.open311_services()], form)


@resource(*READING)
@door("cases.use_open311")
def service_definition(request: Request, code: str, form: str) -> HttpResponse:  # noqa: ARG001
    return answer("service_definition", bodies.service_definition(service_by_code(code)), form)


def service_by_code(code: str) -> Category:
    """Raises BadArguments without a code, NotFound for one that there is not."""
    if not code:
        raise BadArguments([_("service_code: please say what kind of matter it is.")])
    found = next((service for service in queries.open311_services() if service.code == code), None)
    if found is None:
        raise no_service(code)
    return found


def no_service(code: str) -> NotFound:
    return NotFound(_("service_code: there is no service “%(code)s” here.") % {"code": code})


@resource(*READING, "POST")
@door("cases.use_open311")
def requests(request: Request, form: str) -> HttpResponseBase:
    act = request_report if request.method == "POST" else request_list
    return act(request, form=form)


def request_list(request: Request, form: str) -> HttpResponse:
    """Requests that everybody may see, the newest first."""
    wanted = read_filter(request.GET)
    unknown = set(wanted.codes) - queries.open311_codes(wanted.codes) if wanted.codes else set()
    if unknown:
        raise no_service(min(unknown))
    rows = chosen(queries.open311_cases(), wanted)[wanted.rows]
    return answer("service_requests", request_bodies(request, rows, extended=wanted.extended), form)


def request_bodies(request: Request, rows: Any, *, extended: bool) -> Value:
    return [bodies.request(case, request.build_absolute_uri, extended=extended) for case in rows]


@resource(*READING)
@door("cases.use_open311")
def request_view(request: Request, number: str, form: str) -> HttpResponse:
    rows = list(queries.open311_cases().filter(number=number))
    if not rows:
        raise NotFound(
            _("service_request_id: there is no “%(number)s” that everybody may see.") % {"number": number}
        )
    extended = read_filter(request.GET).extended
    return answer("service_requests", request_bodies(request, rows, extended=extended), form)


@resource(*READING)
@door("cases.use_open311")
def token_view(request: Request, token: str, form: str) -> HttpResponse:
    """The number of the case that a claim code opens."""
    check_rate(request, "claim", CLAIMS_AN_HOUR)
    case = services.claim_case(actor=request.actor, number="", code=token)
    return kept_by_nobody(
        answer("service_requests", [{"service_request_id": case.number, "token": token}], form)
    )


def kept_by_nobody(response: HttpResponse) -> HttpResponse:
    """A claim code stays out of every store on the way."""
    response.headers["Cache-Control"] = "no-store"
    return response


@door("cases.report_open311")
def request_report(request: Request, form: str) -> HttpResponse:
    """A new case from another app. Effects: those of services.report_case, and of media.services.take_photo."""
    key = api_key(request)
    check_rate(request, f"open311-{key.pk}", REPORTS_AN_HOUR)
    category = service_by_code(request.POST.get("service_code", "").strip())
    told = cleaned(ReportForm(request.POST))
    answers = read_answers(request.POST, category)
    uploads = read_photos(request.FILES)
    photos = [take_photo(actor=request.actor, upload=upload) for upload in uploads]
    if told["media_url"]:
        # Never fetched: an address of somebody else's choice could point into our own network.
        answers["media_url"] = told["media_url"]
    report = Report(
        category=category,
        text=told["description"] or str(category),
        area=told["address_id"],
        lon=told["long"],
        lat=told["lat"],
        place_text=told["address_string"],
        answers=answers,
        contact_name=f"{told['first_name']} {told['last_name']}".strip(),
        contact_phone=told["phone"],
        contact_email=told["email"],
        channel=Case.Channel.OPEN311,
        photos=photos,
    )
    found = services.report_case(actor=request.actor, report=report)
    body = bodies.reported(found, request.build_absolute_uri, has_media_url=bool(told["media_url"]))
    return kept_by_nobody(answer("service_requests", [body], form))


def api_key(request: HttpRequest) -> ApiKey:
    """The app that speaks. Raises NotAllowed without a key in use."""
    sent = request.POST.get("api_key", "").strip()
    if not sent:
        raise NotAllowed(_("api_key: it is missing. The discovery document says how to get one."))
    found = queries.api_key_of(sent)
    if found is None:
        raise NotAllowed(_("api_key: it is not known here, or no longer in use."))
    return found


@resource(*READING)
@door("cases.use_open311")
def openapi(request: Request) -> HttpResponse:
    """This door described for machines, in OpenAPI 3.1."""
    return answer("openapi", description(request.build_absolute_uri("/open311/")), JSON)
