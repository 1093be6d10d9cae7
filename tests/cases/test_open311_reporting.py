"""POST requests: what another app sends becomes a case, and what it keeps to itself stays there."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from folkmoot.cases.models import Case, CasePhoto
from folkmoot.cases.rulebook import rulebook
from folkmoot.media.files import open_rendition
from tests.cases.open311_calls import get, picture
from tests.conftest import signed_in
from tests.factories.island import Island
from tests.media.conftest import photo

Post = Callable[..., Any]


def test_post_request_makes_a_case_with_the_chief_of_the_place(
    at, post_request: Post, island: Island
) -> None:
    at("2026-11-20 09:00")
    (told,) = post_request(address_string="By the pier").json()
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


def test_post_request_gives_a_token_that_follows_the_case(post_request: Post) -> None:
    (told,) = post_request(service_code="noise").json()
    token, number = told["token"], told["service_request_id"]
    assert get(f"v2/tokens/{token}.json") == [{"service_request_id": number, "token": token}]
    response = Client().post("/follow/", {"number": number, "claim": token})
    assert (response.status_code, response.url) == (302, f"/cases/{number}/")


def test_post_request_keeps_what_the_reporter_said_of_herself_and_no_device(post_request: Post) -> None:
    asked = {
        "first_name": "Wren", "last_name": "Shore", "phone": "138 0000 0001", "email": "wren@example.org",
        "device_id": "device-0815", "account_id": "account-4711",
    }  # fmt: skip
    assert post_request(**asked).json()[0]["account_id"] is None
    case = Case.objects.get()
    assert (case.contact_name, case.contact_phone, case.contact_email, case.shares_contact) == (
        "Wren Shore", "+8613800000001", "wren@example.org", False,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM cases_case")
        stored = str(cursor.fetchall())
    for secret in ("Wren", "13800000001", "wren@", "device-0815", "account-4711"):
        assert secret not in stored
        assert secret not in json.dumps(get("v2/requests.json", extensions="true"))


def test_post_request_never_speaks_for_who_is_signed_in(post_request: Post, island: Island) -> None:
    """A page elsewhere may send a form here with the cookies of its reader; that makes it nobody's report."""
    assert post_request(signed_in(island.amal)).status_code == 200
    assert post_request(signed_in(island.hua, island.unit_chief)).status_code == 200
    assert set(Case.objects.values_list("reporter", "entered_by")) == {(None, None)}


def test_post_request_needs_no_csrf_token(post_request: Post) -> None:
    assert post_request(Client(enforce_csrf_checks=True)).status_code == 200


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"address_id": "U121"}, "U121"),
        ({"address_string": "by the shop, North Cove"}, "V1"),
        ({"address_string": "u122"}, "U122"),
        ({"address_id": "V1", "address_string": "somewhere"}, "V1"),
    ],
)
def test_post_request_takes_a_place_by_code_or_words(
    post_request: Post, sent: dict[str, str], code: str
) -> None:
    assert post_request(lat=None, long=None, **sent).status_code == 200
    case = Case.objects.get()
    assert (case.area.code, case.lon, case.place_text) == (code, None, sent.get("address_string", ""))


def test_post_request_without_words_is_about_its_service(post_request: Post) -> None:
    assert post_request(description=None).status_code == 200
    assert Case.objects.get().text == "Street lamp"


def test_post_request_twice_is_two_cases(post_request: Post) -> None:
    assert post_request().json() != post_request().json()
    assert Case.objects.count() == 2


def test_post_request_never_opens_media_url(post_request: Post) -> None:
    """Whoever fetched it would meet pytest-socket, or an address inside our own network."""
    (told,) = post_request(media_url="http://169.254.169.254/latest/").json()
    assert told["service_notice"].endswith(
        "The address in media_url was kept as text; we never open it. Send pictures as files named media."
    )
    assert Case.objects.get().answers == {"media_url": "http://169.254.169.254/latest/"}


def test_post_request_keeps_the_answers(post_request: Post, questions: None) -> None:
    sent = {
        "attribute[pole]": "7", "attribute[since]": "2026-11-20T09:00:00+08:00", "attribute[colour]": "",
        "attribute[when][]": ["night", "day"], "attribute[one]": "day",
    }  # fmt: skip
    assert post_request(**sent).status_code == 200
    assert Case.objects.get().answers == {
        "pole": "7", "since": "2026-11-20 09:00:00+08:00", "when": ["night", "day"], "one": "day",
    }  # fmt: skip


def test_post_request_takes_several_photos_without_their_secrets(post_request: Post) -> None:
    assert b"SecretPhone" in photo()
    assert post_request(media=[picture(), picture()]).status_code == 200
    kept = [row.attachment for row in CasePhoto.objects.select_related("attachment").order_by("pk")]
    assert [attachment.is_loose for attachment in kept] == [False, False]
    for attachment in kept:
        for size in ("full", "thumb"):
            with open_rendition(attachment, size) as file:
                content = file.read()
            assert b"SecretPhone" not in content
            assert dict(Image.open(io.BytesIO(content)).getexif()) == {}
    assert get("v2/requests.json")[0]["media_url"].endswith(f"/{kept[0].ref}/full/")


def test_post_request_costs_at_most_20_queries(post_request: Post, questions: None) -> None:
    post_request(**{"attribute[pole]": "1"})  # the year's first number, the rules of the place
    rulebook()
    with CaptureQueriesContext(connection) as queries:
        assert post_request(**{"attribute[pole]": "1", "jurisdiction_id": "D"}).status_code == 200
    assert len(queries) == 14
