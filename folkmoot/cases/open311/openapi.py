"""This door in OpenAPI 3.1, for machines: tests and clients are made from it."""

from typing import Any

from folkmoot.cases.forms import MOST_PHOTOS
from folkmoot.cases.models import CategoryQuestion
from folkmoot.cases.open311.arguments import MAX_DESCRIPTION, MOST_RADIUS_METRES, MOST_ROWS
from folkmoot.cases.open311.render import CONTENT_TYPES, JSON, XML
from folkmoot.cases.states import CaseState

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
MOMENT: Schema = {"type": "string", "format": "date-time"}
MOMENT_OR_NULL: Schema = {"type": ["string", "null"], "format": "date-time"}
NUMBER_OR_NULL: Schema = {"type": ["number", "null"]}
YES_OR_NO: Schema = {"type": "boolean"}
LATITUDE: Schema = {"type": "number", "minimum": -90, "maximum": 90}
LONGITUDE: Schema = {"type": "number", "minimum": -180, "maximum": 180}


def record(**parts: Schema) -> Schema:
    """An object that has exactly these parts, all of them."""
    return {"type": "object", "properties": parts, "required": list(parts), "additionalProperties": False}


def rows(item: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": item, **more}


ERRORS = rows(record(code={"type": "integer"}, description=TEXT), minItems=1)
ENDPOINT = record(
    specification=TEXT, url=TEXT, changeset=TEXT, type={"enum": ["production", "test"]}, formats=rows(TEXT)
)
DISCOVERY = record(changeset=TEXT, contact=TEXT, key_service=TEXT, endpoints=rows(ENDPOINT, minItems=1))
SERVICE = record(
    service_code=TEXT, service_name=TEXT, description=TEXT, metadata=YES_OR_NO,
    type={"enum": ["realtime"]}, keywords=TEXT_OR_NULL, group=TEXT,
)  # fmt: skip
ATTRIBUTE = record(
    variable=YES_OR_NO, code=TEXT, datatype={"enum": list(CategoryQuestion.Datatype.values)},
    required=YES_OR_NO, datatype_description=TEXT_OR_NULL, order={"type": "integer", "minimum": 1},
    description=TEXT, values=rows(record(key=TEXT, name=TEXT)),
)  # fmt: skip
DEFINITION = record(service_code=TEXT, attributes=rows(ATTRIBUTE))
EXTENSION = record(
    state={"enum": list(CaseState.values)}, level=TEXT, unit=TEXT, post=TEXT_OR_NULL, page_url=TEXT
)
REQUEST = record(
    service_request_id=TEXT, status={"enum": ["open", "closed"]}, status_notes=TEXT_OR_NULL, service_name=TEXT,
    service_code=TEXT, description=TEXT_OR_NULL, agency_responsible=TEXT_OR_NULL, service_notice=TEXT_OR_NULL,
    requested_datetime=MOMENT, updated_datetime=MOMENT, expected_datetime=MOMENT_OR_NULL,
    address=TEXT_OR_NULL, address_id=TEXT, zipcode=TEXT_OR_NULL, lat=NUMBER_OR_NULL, long=NUMBER_OR_NULL,
    media_url=TEXT_OR_NULL,
)  # fmt: skip
REQUEST["properties"]["extended_attributes"] = EXTENSION  # only when asked for
REPORTED = record(
    service_request_id=TEXT, token=TEXT, service_notice=TEXT_OR_NULL, account_id={"type": "null"}
)
FOUND = record(service_request_id=TEXT, token=TEXT)

REPORT: Schema = {
    "type": "object",
    "required": ["api_key", "service_code"],
    "properties": {
        "api_key": {"type": "string", "minLength": 1}, "jurisdiction_id": TEXT,
        "service_code": {"type": "string", "minLength": 1}, "lat": LATITUDE, "long": LONGITUDE,
        "address_string": {"type": "string", "maxLength": 200},
        "address_id": {"type": "string", "maxLength": 40},
        "email": {"type": "string", "format": "email"},
        "phone": {"type": "string", "maxLength": 30},
        "first_name": {"type": "string", "maxLength": 40},
        "last_name": {"type": "string", "maxLength": 40},
        "device_id": TEXT, "account_id": TEXT,
        "description": {"type": "string", "maxLength": MAX_DESCRIPTION},
        "media_url": {"type": "string", "maxLength": 1000},
    },
    # attribute[CODE]=value, attribute[CODE][]=value
    "patternProperties": {r"^attribute\[[^\[\]]*\](\[\])?$": {"anyOf": [TEXT, rows(TEXT)]}},
}  # fmt: skip
PICTURES = rows({"type": "string", "contentMediaType": "image/jpeg"}, maxItems=MOST_PHOTOS)
REPORT_WITH_MEDIA = REPORT | {"properties": REPORT["properties"] | {"media": PICTURES}}


def parameter(name: str, schema: Schema, *, place: str = "query") -> Schema:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


FORM = parameter("form", {"enum": list(CONTENT_TYPES)}, place="path")
JURISDICTION = parameter("jurisdiction_id", TEXT)
FILTERS = [
    parameter("service_request_id", TEXT), parameter("service_code", TEXT),
    parameter("status", {"type": "string", "pattern": "^(open|closed)(,(open|closed))*$"}),
    parameter("start_date", MOMENT), parameter("end_date", MOMENT),
    parameter("updated_after", MOMENT), parameter("updated_before", MOMENT),
    parameter("lat", LATITUDE), parameter("long", LONGITUDE),
    parameter("radius", {"type": "number", "minimum": 1, "maximum": MOST_RADIUS_METRES}),
    parameter("page", {"type": "integer", "minimum": 1, "maximum": 1_000_000}),
    parameter("page_size", {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}),
]  # fmt: skip
EXTENSIONS = parameter("extensions", {"enum": ["true", "false"]})


def media_type(form: str) -> str:
    return CONTENT_TYPES[form].split(";")[0]


def contents(schema: Schema) -> Schema:
    return {media_type(JSON): {"schema": schema}, media_type(XML): {}}


def call(summary: str, schema: Schema, refusals: list[int], *parameters: Schema, **more: Any) -> Schema:
    """One operation: what it takes, what it answers, and the statuses with which it refuses beside 400."""
    told = {
        str(status): {"description": "refused", "content": contents(ERRORS)} for status in [400, *refusals]
    }
    answers = {"200": {"description": summary, "content": contents(schema)}} | told
    return {"summary": summary, "parameters": [FORM, *parameters], "responses": answers, **more}


def paths() -> Schema:
    code, number, token = (parameter(name, TEXT, place="path") for name in ("code", "number", "token"))
    body = {
        "application/x-www-form-urlencoded": {"schema": REPORT},
        "multipart/form-data": {"schema": REPORT_WITH_MEDIA},
    }
    discovery = call("service discovery", DISCOVERY, [404], JURISDICTION)
    requests = rows(REQUEST, maxItems=MOST_ROWS)
    one = rows(REQUEST, minItems=1, maxItems=1)
    return {
        "/discovery.{form}": {"get": discovery},
        "/v2/discovery.{form}": {"get": discovery},
        "/v2/services.{form}": {"get": call("service list", rows(SERVICE), [404], JURISDICTION)},
        "/v2/services/{code}.{form}": {
            "get": call("service definition", DEFINITION, [404], JURISDICTION, code)
        },
        "/v2/requests.{form}": {
            "get": call("requests", requests, [404], JURISDICTION, *FILTERS, EXTENSIONS),
            "post": call(
                "a new request", rows(REPORTED, minItems=1, maxItems=1), [403, 404, 429],
                requestBody={"required": True, "content": body},
            ),
        },
        "/v2/requests/{number}.{form}": {"get": call("one request", one, [404], JURISDICTION, number, EXTENSIONS)},
        "/v2/tokens/{token}.{form}": {
            "get": call("the number for a token", rows(FOUND, minItems=1, maxItems=1), [404, 429], JURISDICTION, token)
        },
    }  # fmt: skip


def description(address: str) -> Schema:
    """The whole description. Shapes: `address` is the whole address under which the paths stand."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Open311 GeoReport v2", "version": "2"},
        "servers": [{"url": address.rstrip("/")}],
        "paths": paths(),
    }
