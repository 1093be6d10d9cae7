"""POST requests that are refused: each says why in the standard's form, and nothing is stored."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from folkmoot.areas.models import Area
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.cases.models import ApiKey, Case
from folkmoot.cases.services import revoke_api_key
from folkmoot.media.models import Attachment
from tests.cases.open311_calls import errors, picture

Post = Callable[..., Any]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, ["attribute[pole]: Please fill this in."]),
        (
            {"attribute[pole]": "x", "attribute[since]": "soon"},
            ["attribute[pole]: Please write a number.",
             "attribute[since]: Please write day and time, for example 2026-11-20 18:00."],
        ),
        (
            {"attribute[pole]": "1", "attribute[when]": "noon"},
            ["attribute[when]: Please choose one of the answers offered: “noon” is not among them."],
        ),
        (
            {"attribute[pole]": "1", "attribute[size]": "2"},
            ["attribute[size]: the service lamp has no such attribute."],
        ),
    ],
)  # fmt: skip
def test_post_request_names_wrong_answers(
    post_request: Post, questions: None, sent: dict[str, str], told: list[str]
) -> None:
    assert errors(post_request(**sent)) == (400, told)
    assert Case.objects.count() == 0


REFUSED = {
    "no key": ({"api_key": None}, 403, "api_key: it is missing. The discovery document says how to get one."),
    "another key": ({"api_key": "guess"}, 403, "api_key: it is not known here, or no longer in use."),
    "no service": ({"service_code": None}, 400, "service_code: please say what kind of matter it is."),
    "unknown service": ({"service_code": "nope"}, 404, "service_code: there is no service “nope” here."),
    "a group": ({"service_code": "roads-group"}, 404, "service_code: there is no service “roads-group” here."),
    "a service with NUL": ({"service_code": "a\0b"}, 404, "service_code: there is no service “ab” here."),
    "another jurisdiction": ({"jurisdiction_id": "T"}, 404, "jurisdiction_id: there is no “T” here."),
    "no place": (
        {"lat": None, "long": None}, 400,
        "lat: Please say where it is: lat and long, or address_string, or address_id.",
    ),
    "half a point": ({"lat": None}, 400, "lat: lat and long belong together."),
    "the other half": ({"long": None}, 400, "long: lat and long belong together."),
    "no number": ({"lat": "north"}, 400, "lat: Please write a number."),
    "no real number": ({"lat": "nan"}, 400, "lat: Please write a number."),
    "off the earth": ({"lat": "91"}, 400, "lat: Please write at most 90."),
    "outside": (
        {"lat": 1, "long": 1}, 400, "This point lies outside Seven Capes. Please choose a place inside it.",
    ),
    "unknown place": ({"address_id": "U999"}, 400, "address_id: There is no place with the code U999."),
    "unknown words": (
        {"lat": None, "long": None, "address_string": "Atlantis"}, 400,
        "address_string: No place fits. Send lat and long, or address_id.",
    ),
    "too long": (
        {"description": "x" * 100_000}, 400,
        "description: Please write at most 4000 characters; there are 100000 now.",
    ),
    "another country": (
        {"phone": "+1 202 555 0100"}, 400,
        "phone: This number belongs to another country. Please give one that begins with +86.",
    ),
    "no e-mail": (
        {"email": "wren"}, 400, "email: Please write a whole e-mail address, for example name@example.org.",
    ),
    "NUL": (
        {"description": "a\0b"}, 400,
        "description: There is a character in this that we cannot store. Please type it again.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_post_request_is_refused_with_the_standards_error(post_request: Post, name: str) -> None:
    sent, status, told = REFUSED[name]
    assert errors(post_request(**sent)) == (status, [told])
    assert Case.objects.count() == 0


def test_post_request_names_several_places_that_fit(post_request: Post) -> None:
    told = (
        "address_string: Several places fit, such as V1 (North Cove), V2 (South Cove). "
        "Send lat and long, or address_id."
    )
    assert errors(post_request(lat=None, long=None, address_string="Cove")) == (400, [told])


def test_post_request_to_a_place_that_is_no_more_is_refused(post_request: Post) -> None:
    Area.objects.filter(code="U122").update(valid_to=clock.today())
    assert errors(post_request(address_id="U122")) == (
        400,
        ["address_id: There is no place with the code U122."],
    )


def test_post_request_with_a_revoked_key_is_refused(post_request: Post) -> None:
    revoke_api_key(actor=Actor(ref="console", is_operator=True), name="Harbour app")
    assert errors(post_request()) == (403, ["api_key: it is not known here, or no longer in use."])


TOO_BIG = (
    "This photo has 30.1 MB; 12 MB is the most we can take. "
    "Please send a smaller copy, or take the photo again with a lower setting."
)


@pytest.mark.parametrize(
    ("media", "told"),
    [
        (
            lambda: [picture(b"no picture")],
            "This file is no photo that we can read. Please send a JPEG, PNG or WebP.",
        ),
        (lambda: [picture(b"")], "This file is empty. Please choose the photo again."),
        (lambda: [picture()] * 5, "media: at most 4 photos fit."),
        (
            lambda: [picture(b"\xff\xd8" + b"x" * 30_000_000)],
            TOO_BIG,
        ),
    ],
)
def test_post_request_with_a_bad_photo_is_refused(
    post_request: Post, media: Callable[[], list], told: str
) -> None:
    assert errors(post_request(media=media())) == (400, [told])
    assert (Case.objects.count(), Attachment.objects.count()) == (0, 0)


def test_post_request_too_often_is_refused(post_request: Post) -> None:
    assert post_request().status_code == 200
    cache.set(f"open311-{ApiKey.objects.get().pk}:127.0.0.1", 10**9)
    assert errors(post_request()) == (
        429,
        ["That was too often in a short time. Please wait a little and try again."],
    )
    assert Case.objects.count() == 1


def test_tokens_cannot_be_guessed_at_speed(rules: dict, settings) -> None:
    settings.CLOCK_MAY_BE_SET = False
    statuses = [Client().get("/open311/v2/tokens/2222-2222-2222.json").status_code for _ in range(31)]
    assert statuses == [404] * 30 + [429]
