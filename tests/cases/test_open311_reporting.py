"""POST requests: what another app sends becomes a case, and what it keeps to itself stays there."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from folkmoot.areas.models import Area
from folkmoot.base import clock
from folkmoot.cases.models import ApiKey, Case, CasePhoto, Category, CategoryQuestion
from folkmoot.cases.rulebook import rulebook
from folkmoot.media.files import open_rendition
from folkmoot.media.models import Attachment
from tests.cases.open311_calls import errors, get
from tests.conftest import signed_in
from tests.factories.island import Island
from tests.media.conftest import photo

REQUESTS = "/open311/v2/requests.json"
Post = Callable[..., Any]


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def post(app_key: str, island: Island, rules: dict[str, Category]) -> Post:
    """Sends a report of a lamp in the middle of U111 unless said otherwise; None leaves an argument out."""
    lon, lat = island.point_in("U111")

    def send(client: Client | None = None, **sent: Any) -> Any:
        data = {
            "api_key": app_key,
            "service_code": "lamp",
            "lat": lat,
            "long": lon,
            "description": "Dark.",
        } | sent
        return (client or Client()).post(REQUESTS, {k: v for k, v in data.items() if v is not None})

    return send


def test_post_request_makes_a_case_with_the_chief_of_the_place(at, post: Post, island: Island) -> None:
    at("2026-11-20 09:00")
    (told,) = post(address_string="By the pier").json()
    case = Case.objects.get()
    assert list(told) == ["service_request_id", "token", "service_notice", "account_id"]
    assert (told["service_request_id"], told["account_id"]) == (case.number, None)
    assert told["service_notice"] == (
        "It stands with Unit chief, Unit 111 until Wednesday 18:00 at the latest. "
        "On the level of the Unit, “Street lamp” has 3 working days. "
        "Saturday 21 November (Lantern make-up day) is a make-up working day and counts. "
        "Tuesday 24 November (Lantern day) is a public holiday and does not count. "
        f"With the number and the code {told['token']} the reporter can follow and close it: "
        "http://testserver/follow/"
    )
    assert (case.text, case.title, case.place_text, case.channel) == (
        "Dark.",
        "Dark.",
        "By the pier",
        "open311",
    )
    assert (case.area, case.post, case.reporter, case.publicity) == (
        island["U111"], island.unit_chief, None, "public",
    )  # fmt: skip
    assert (case.lon, case.lat) == island.point_in("U111")
    assert get("v2/requests.json")[0]["service_request_id"] == case.number


def test_post_request_gives_a_token_that_follows_the_case(post: Post) -> None:
    (told,) = post(service_code="noise").json()
    token, number = told["token"], told["service_request_id"]
    assert get(f"v2/tokens/{token}.json") == [{"service_request_id": number, "token": token}]
    response = Client().post("/follow/", {"number": number, "claim": token})
    assert (response.status_code, response.url) == (302, f"/cases/{number}/")


def test_post_request_keeps_what_the_reporter_said_of_herself_and_no_device(post: Post) -> None:
    asked = {
        "first_name": "Wren", "last_name": "Shore", "phone": "138 0000 0001", "email": "wren@example.org",
        "device_id": "device-0815", "account_id": "account-4711",
    }  # fmt: skip
    assert post(**asked).json()[0]["account_id"] is None
    case = Case.objects.get()
    assert (case.contact_name, case.contact_phone, case.contact_email, case.shares_contact) == (
        "Wren Shore", "+8613800000001", "wren@example.org", False,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM cases_case")
        stored = str(cursor.fetchall())
    for secret in ("Wren", "13800000001", "wren@", "0815", "4711"):
        assert secret not in stored
        assert secret not in json.dumps(get("v2/requests.json", extensions="true"))


def test_post_request_never_speaks_for_who_is_signed_in(post: Post, island: Island) -> None:
    """A page elsewhere may send a form here with the cookies of its reader; that makes it nobody's report."""
    assert post(signed_in(island.amal)).status_code == 200
    assert post(signed_in(island.hua, island.unit_chief)).status_code == 200
    assert set(Case.objects.values_list("reporter", "entered_by")) == {(None, None)}


def test_post_request_needs_no_csrf_token(post: Post) -> None:
    assert post(Client(enforce_csrf_checks=True)).status_code == 200


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"address_id": "U121"}, "U121"),
        ({"address_string": "by the shop, North Cove"}, "V1"),
        ({"address_string": "u122"}, "U122"),
        ({"address_id": "V1", "address_string": "somewhere"}, "V1"),
    ],
)
def test_post_request_takes_a_place_by_code_or_words(post: Post, sent: dict[str, str], code: str) -> None:
    assert post(lat=None, long=None, **sent).status_code == 200
    case = Case.objects.get()
    assert (case.area.code, case.lon, case.place_text) == (code, None, sent.get("address_string", ""))


def test_post_request_without_words_is_about_its_service(post: Post) -> None:
    assert post(description=None).status_code == 200
    assert Case.objects.get().text == "Street lamp"


def test_post_request_twice_is_two_cases(post: Post) -> None:
    assert post().json() != post().json()
    assert Case.objects.count() == 2


def test_post_request_never_opens_media_url(post: Post) -> None:
    """Whoever fetched it would meet pytest-socket, or an address inside our own network."""
    (told,) = post(media_url="http://169.254.169.254/latest/").json()
    assert told["service_notice"].endswith(
        "The address in media_url was kept as text; we never open it. Send pictures as files named media."
    )
    assert Case.objects.get().answers == {"media_url": "http://169.254.169.254/latest/"}


@pytest.fixture
def questions(rules: dict[str, Category]) -> None:
    kinds = CategoryQuestion.Datatype
    values = [{"key": "night", "name": "at night"}, {"key": "day", "name": "by day"}]
    for code, kind, required in [
        ("pole", kinds.NUMBER, True), ("since", kinds.DATETIME, False), ("colour", kinds.STRING, False),
        ("when", kinds.MULTI, False), ("one", kinds.SINGLE, False),
    ]:  # fmt: skip
        CategoryQuestion.objects.create(
            category=rules["lamp"], code=code, datatype=kind, required=required, values=values, question=code
        )


def test_post_request_keeps_the_answers(post: Post, questions: None) -> None:
    sent = {
        "attribute[pole]": "7", "attribute[since]": "2026-11-20T09:00:00+08:00", "attribute[colour]": "",
        "attribute[when][]": ["night", "day"], "attribute[one]": "day",
    }  # fmt: skip
    assert post(**sent).status_code == 200
    assert Case.objects.get().answers == {
        "pole": "7", "since": "2026-11-20 09:00:00+08:00", "when": ["night", "day"], "one": "day",
    }  # fmt: skip


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
    post: Post, questions: None, sent: dict[str, str], told: list[str]
) -> None:
    assert errors(post(**sent)) == (400, told)
    assert Case.objects.count() == 0


def picture(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", photo() if content is None else content, content_type="image/jpeg")


def test_post_request_takes_several_photos_without_their_secrets(post: Post) -> None:
    assert b"SecretPhone" in photo()
    assert post(media=[picture(), picture()]).status_code == 200
    kept = [row.attachment for row in CasePhoto.objects.select_related("attachment").order_by("pk")]
    assert [attachment.is_loose for attachment in kept] == [False, False]
    for attachment in kept:
        for size in ("full", "thumb"):
            with open_rendition(attachment, size) as file:
                content = file.read()
            assert b"SecretPhone" not in content
            assert dict(Image.open(io.BytesIO(content)).getexif()) == {}
    assert get("v2/requests.json")[0]["media_url"].endswith(f"/{kept[0].ref}/full/")


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
def test_post_request_is_refused_with_the_standards_error(post: Post, name: str) -> None:
    sent, status, told = REFUSED[name]
    assert errors(post(**sent)) == (status, [told])
    assert Case.objects.count() == 0


def test_post_request_names_several_places_that_fit(post: Post) -> None:
    told = (
        "address_string: Several places fit, such as V1 (North Cove), V2 (South Cove). "
        "Send lat and long, or address_id."
    )
    assert errors(post(lat=None, long=None, address_string="Cove")) == (400, [told])


def test_post_request_to_a_place_that_is_no_more_is_refused(post: Post) -> None:
    Area.objects.filter(code="U122").update(valid_to=clock.today())
    assert errors(post(address_id="U122")) == (400, ["address_id: There is no place with the code U122."])


def test_post_request_with_a_revoked_key_is_refused(post: Post) -> None:
    from folkmoot.base.actors import Actor
    from folkmoot.cases.services import revoke_api_key

    revoke_api_key(actor=Actor(ref="console", is_operator=True), name="Harbour app")
    assert errors(post()) == (403, ["api_key: it is not known here, or no longer in use."])


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
def test_post_request_with_a_bad_photo_is_refused(post: Post, media: Callable[[], list], told: str) -> None:
    assert errors(post(media=media())) == (400, [told])
    assert (Case.objects.count(), Attachment.objects.count()) == (0, 0)


def test_post_request_too_often_is_refused(post: Post) -> None:
    assert post().status_code == 200
    cache.set(f"open311-{ApiKey.objects.get().pk}:127.0.0.1", 10**9)
    assert errors(post()) == (
        429,
        ["That was too often in a short time. Please wait a little and try again."],
    )
    assert Case.objects.count() == 1


def test_tokens_cannot_be_guessed_at_speed(rules: dict, settings) -> None:
    settings.CLOCK_MAY_BE_SET = False
    statuses = [Client().get("/open311/v2/tokens/2222-2222-2222.json").status_code for _ in range(31)]
    assert statuses == [404] * 30 + [429]


def test_post_request_costs_at_most_20_queries(post: Post, questions: None) -> None:
    post(**{"attribute[pole]": "1"})  # the year's first number, the rules of the place
    rulebook()
    with CaptureQueriesContext(connection) as queries:
        assert post(**{"attribute[pole]": "1", "jurisdiction_id": "D"}).status_code == 200
    assert len(queries) == 20
