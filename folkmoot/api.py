"""The REST door at /api/v1/: mounts what the apps offer, describes it in OpenAPI, and answers in problem details.

Nobody signs in here: whoever asks sees what everybody sees, even with a signed-in browser.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache, wraps
from typing import Any, NoReturn, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.http import conditional_page
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

from folkmoot.areas.api import router as areas
from folkmoot.base.actors import VISITOR
from folkmoot.base.doors import Guarded, Request, View, door
from folkmoot.cases.api import router as cases
from folkmoot.people.api import router as people
from folkmoot.ui import troubles
from folkmoot.ui.errors import PROBLEM_TYPE, answer
from folkmoot.ui.wire import Fault, Faulty, Problem, fault, sentence_of

ROOT = "/api/v1/"
ROUTERS = (areas, people, cases)


class PlainJson(JSONRenderer):
    json_dumps_params = {"ensure_ascii": False}


class StrictJson(Parser):
    """JSON and nothing near it: no NaN, no half of a surrogate pair, which no database could store."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        if request.content_type != "application/json":
            raise ValueError("another type")
        data = json.loads(request.body, parse_constant=_refuse)
        json.dumps(data, ensure_ascii=False).encode()
        return cast(dict[str, Any], data)


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


class HouseAPI(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


api = HouseAPI(
    title="Folkmoot",
    version="1",
    description="What everybody may see of a place, its posts and its matters; and reporting a matter.",
    openapi_url=None,  # served below, with its door
    docs_url=None,
    urls_namespace="api",
    renderer=PlainJson(),
    parser=StrictJson(),
    openapi_extra={"info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}},
)
for router in ROUTERS:
    api.add_router("", router)


@api.exception_handler(ValidationError)
def does_not_fit(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return faulty(request, Faulty([_fault_of(found) for found in error.errors]))


@api.exception_handler(Faulty)
def faulty(request: HttpRequest, error: Faulty) -> HttpResponse:
    errors = [each.model_dump(by_alias=True) for each in error.faults]
    return answer(request, replace(troubles.REFUSED, sentence=error.sentence), errors=errors)


@api.exception_handler(HttpError)
def not_read(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Ninja's own refusal: a body that is no JSON."""
    return answer(request, troubles.NOT_JSON)


def _fault_of(found: dict[str, Any]) -> Fault:
    """Shapes: `loc` is where, then the name of the argument for a body, then the steps inside."""
    where, *steps = found["loc"]
    return fault(
        where, steps[1:] if where == "body" else steps, sentence_of(found["type"], found.get("ctx", {}))
    )


@door("ui.view_api")
def description(request: Request) -> HttpResponse:
    """The API described in OpenAPI 3.1."""
    return HttpResponse(
        openapi(), content_type="application/json", headers={"Cache-Control": "public, max-age=3600"}
    )


@cache
def openapi() -> str:
    schema = api.get_openapi_schema(path_prefix=ROOT)
    schema["components"]["schemas"] |= problem_schemas()
    refusal = {
        "description": "Refused, and why",
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for operations in schema["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = refusal
    return json.dumps(schema, ensure_ascii=False, default=str)


def problem_schemas() -> dict[str, Any]:
    described = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**described.pop("$defs"), "Problem": described}


def addresses() -> list[URLPattern]:
    """The addresses of all operations, each showing the door of its operation as every view does."""
    doors = {
        operation.view_func.__name__: cast(Guarded[object], operation.view_func).door
        for router in ROUTERS
        for view in router.path_operations.values()
        for operation in view.operations
    }
    patterns = [cast(URLPattern, pattern) for pattern in api.urls[0]]
    found = [path("openapi.json", as_visitor(description, description.door), name="openapi")]
    for pattern in patterns:
        if pattern.name in doors:  # ninja adds a root of its own, which leads nowhere
            pattern.callback = as_visitor(pattern.callback, doors[pattern.name])
            found.append(pattern)
    return found


def as_visitor(view: Callable[..., HttpResponseBase], name: str) -> View:
    """The view for whoever asks: no session opens more through it, and HEAD is answered like GET.

    Answers carry an ETag, so that asking again costs no more than the question.
    """
    conditional = conditional_page(view)

    @wraps(view)
    def asked(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.actor, request.account = VISITOR, None
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"
        response = conditional(request, *args, **kwargs)
        if is_head:
            request.method = "HEAD"
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    asked.door = name  # type: ignore[attr-defined]
    asked.csrf_exempt = True  # type: ignore[attr-defined]  # it trusts no cookie
    return cast(View, asked)


urls = addresses(), "api"
