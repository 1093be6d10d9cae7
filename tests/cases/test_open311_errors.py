"""Whatever is sent to this door, it answers in the standard's own form."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from folkmoot.base.errors import StaleState, TooMany
from folkmoot.cases.models import Case
from tests.cases.open311_calls import errors
from tests.factories.island import Island

MOMENT = "Please write a moment such as 2026-11-20T09:00:00+08:00."
SPAN = "end_date lies 0 to 90 days after start_date."
BAD_ARGUMENTS = {
    "status=done": "status: “done” is neither open nor closed.",
    "status=open,Closed": "status: “Closed” is neither open nor closed.",
    "start_date=yesterday": f"start_date: {MOMENT}",
    "end_date=0001-01-01T00:00:00%2B08:00": f"end_date: {MOMENT}",
    "updated_after=9999-12-31T23:59:59Z": f"updated_after: {MOMENT}",
    "start_date=2026-01-01T00:00:00Z&end_date=2026-04-01T00:00:01Z": SPAN,
    "start_date=2026-01-02T00:00:00Z&end_date=2026-01-01T00:00:00Z": SPAN,
    "updated_after=2026-01-01T00:00:00Z&updated_before=2026-06-01T00:00:00Z": (
        "updated_before lies 0 to 90 days after updated_after."
    ),
    "page=0": "page: Please write at least 1.",
    "page=two": "page: Please write a whole number.",
    f"page={'9' * 5000}": "page: Please write a whole number.",
    "page_size=1001": "page_size: Please write at most 1000.",
    "lat=x&long=1&radius=1": "lat: Please write a number.",
    "lat=1&long=1": "radius: lat, long and radius (in metres) belong together.",
    "radius=1&long=1": "lat: lat, long and radius (in metres) belong together.",
    "lat=1&long=1&radius=inf": "radius: Please write a number.",
}


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("asked", BAD_ARGUMENTS, ids=lambda asked: asked[:40])
def test_wrong_argument_is_named(rules: dict, asked: str, form: str) -> None:
    told = errors(Client().get(f"/open311/v2/requests.{form}?{asked}"))
    assert told == (400, [BAD_ARGUMENTS[asked]])


@pytest.mark.parametrize("form", ["json", "xml"])
def test_several_wrong_arguments_are_several_errors(rules: dict, form: str) -> None:
    assert errors(Client().get(f"/open311/v2/requests.{form}?page=x&lat=x")) == (
        400, ["lat: Please write a number.", "page: Please write a whole number."],
    )  # fmt: skip


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize(
    "path", ["discovery", "v2/discovery", "v2/services", "v2/services/lamp", "v2/requests", "v2/tokens/2222"]
)
def test_another_jurisdiction_is_not_found(island: Island, rules: dict, path: str, form: str) -> None:
    response = Client().get(f"/open311/{path}.{form}?jurisdiction_id=city.gov")
    assert errors(response) == (404, ["jurisdiction_id: there is no “city.gov” here."])


def test_the_outermost_area_is_the_jurisdiction(island: Island, rules: dict) -> None:
    for asked in ("", "?jurisdiction_id=", "?jurisdiction_id=D"):
        assert Client().get(f"/open311/v2/services.xml{asked}").status_code == 200


def test_no_jurisdiction_is_found_before_the_first_import(db: None) -> None:
    assert Client().get("/open311/v2/services.json").json() == []
    assert Client().get("/open311/discovery.xml").status_code == 200
    assert errors(Client().get("/open311/v2/services.json?jurisdiction_id=D"))[0] == 404


NO_ADDRESS = "There is nothing under this address. Addresses end in .xml or .json."


@pytest.mark.parametrize("method", ["get", "post", "delete"])
@pytest.mark.parametrize(
    "path",
    ["", "v2", "v2/", "v2/services", "v2/services.html", "v2/services.json/", "v2/services/.json", "v2/a/b.json",
     "v2/requests/2026-000001.csv", "v2/requests/a b.xml", "v3/services.xml"],
)  # fmt: skip
def test_unknown_addresses_are_not_found(db: None, path: str, method: str) -> None:
    response = getattr(Client(enforce_csrf_checks=True), method)(f"/open311/{path}")
    assert errors(response) == (404, [NO_ADDRESS])


UNKNOWN = {
    "v2/services/nope": "service_code: there is no service “nope” here.",
    "v2/requests/2026-999999": "service_request_id: there is no “2026-999999” that everybody may see.",
    "v2/tokens/7KQ2-MXRA-93TW": (
        "No matter is found with this number and code. Please compare them letter by letter."
    ),
}


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("path", UNKNOWN)
def test_unknown_things_are_not_found(rules: dict, path: str, form: str) -> None:
    assert errors(Client().get(f"/open311/{path}.{form}")) == (404, [UNKNOWN[path]])


PATHS = ["discovery", "v2/services", "v2/services/lamp", "v2/requests/1", "v2/tokens/2"]
OTHER_METHODS = [(path, method) for path in PATHS for method in ("post", "put", "patch", "delete", "options")]
OTHER_METHODS += [("v2/requests", method) for method in ("put", "patch", "delete", "options")]


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize(("path", "method"), OTHER_METHODS)
def test_other_methods_are_refused(rules: dict, path: str, method: str, form: str) -> None:
    response = getattr(Client(enforce_csrf_checks=True), method)(f"/open311/{path}.{form}")
    told = "This address cannot be asked in this way. The header Allow names the ways."
    assert errors(response) == (405, [told])
    assert response.headers["Allow"] == ("GET, HEAD, POST" if path == "v2/requests" else "GET, HEAD")


def test_head_answers_like_get_without_a_body(rules: dict) -> None:
    response = Client().head("/open311/v2/services.xml")
    assert (response.status_code, response.content, response.headers["Content-Type"]) == (
        200, b"", "text/xml; charset=utf-8",
    )  # fmt: skip


UNREADABLE = "We could not read what was sent. Nothing was stored."
TOO_BIG = "The files or texts together are larger than we can take. Nothing was stored."
FORM = "application/x-www-form-urlencoded"
BODIES = {
    "multipart without a boundary": (b"x", "multipart/form-data", 400, UNREADABLE),
    "another charset": (b"api_key=x", f"{FORM}; charset=utf-16", 400, UNREADABLE),
    "too large": (b"description=" + b"x" * 3_000_000, FORM, 400, TOO_BIG),
    "too many arguments": (b"&".join(b"a%d=1" % n for n in range(600)), FORM, 400, TOO_BIG),
    "json": (b'{"api_key": "x"}', "application/json", 403,
             "api_key: it is missing. The discovery document says how to get one."),
    "bytes that are no text": (b"api_key=%ff%fe", FORM, 403, "api_key: it is not known here, or no longer in use."),
}  # fmt: skip


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("name", BODIES)
def test_unreadable_bodies_are_refused(rules: dict, name: str, form: str) -> None:
    body, content_type, status, told = BODIES[name]
    response = Client().post(f"/open311/v2/requests.{form}", data=body, content_type=content_type)
    assert errors(response) == (status, [told])


@pytest.mark.parametrize("asked", ["v2/tokens/%00.json", "v2/requests.xml?service_request_id=a%00b"])
def test_a_character_that_no_database_keeps_is_refused(rules: dict, asked: str) -> None:
    assert errors(Client().get(f"/open311/{asked}")) == (400, [UNREADABLE])


def test_too_many_files_are_refused(rules: dict) -> None:
    parts = [
        f'--a\r\nContent-Disposition: form-data; name="media"; filename="{n}"\r\n\r\nx\r\n'
        for n in range(101)
    ]
    body = ("".join(parts) + "--a--\r\n").encode()
    response = Client().post(
        "/open311/v2/requests.xml", data=body, content_type="multipart/form-data; boundary=a"
    )
    assert errors(response) == (400, [TOO_BIG])


def test_an_unknown_host_is_refused_in_the_standards_form(db: None) -> None:
    response = Client().get("/open311/v2/services.json", headers={"Host": "evil.example"})
    assert errors(response) == (400, [UNREADABLE])


TROUBLES = [
    (StaleState(), 400, "While you were here, somebody else changed this. Nothing of yours was stored."),
    (TooMany(), 429, "That was too often in a short time. Please wait a little and try again."),
    (OperationalError("database is locked"), 400, "We could not store this just now."),
]


@pytest.mark.parametrize(("error", "status", "told"), TROUBLES, ids=lambda value: type(value).__name__)
def test_troubles_inside_speak_the_standards_form(
    rules: dict, monkeypatch, error: Exception, status: int, told: str
) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr("folkmoot.cases.queries.open311_services", fail)
    response = Client().get("/open311/v2/services.xml")
    assert errors(response) == (status, [told])
    assert ("Retry-After" in response.headers) == (not isinstance(error, StaleState))


def test_errors_speak_the_readers_language(rules: dict) -> None:
    chinese = Client(headers={"Accept-Language": "zh-hans"})
    (told,) = errors(chinese.get("/open311/v2/services/nope.xml"))[1]
    assert told != UNKNOWN["v2/services/nope"]
    assert "nope" in told


def test_a_signed_in_reader_is_a_visitor_here(new_case: Callable[..., Case], as_amal: Client) -> None:
    case = new_case("noise")
    assert as_amal.get(f"/cases/{case.number}/").status_code == 200
    assert errors(as_amal.get(f"/open311/v2/requests/{case.number}.json"))[0] == 404
