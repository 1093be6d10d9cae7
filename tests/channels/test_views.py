"""The pages: inbox, one message, preferences, the operator's outbox."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from folkmoot.base.actors import VISITOR
from folkmoot.channels.models import Delivery, Message, Preference
from folkmoot.channels.outbox import run_due
from folkmoot.channels.queries import unread_count
from folkmoot.people.actors import actor_for_person
from folkmoot.people.models import Person
from tests.channels.conftest import tell
from tests.conftest import signed_in
from tests.factories.island import Island

pytestmark = pytest.mark.usefixtures("no_server")
INBOX, PREFERENCES, OUTBOX = "/messages/", "/messages/preferences/", "/operator/outbox/"


def page(client: Client, path: str, language: str = "en", **data: Any) -> str:
    response = client.get(path, data, headers={"Accept-Language": language})
    assert response.status_code == 200, response
    return response.content.decode()


@pytest.mark.parametrize("path", [INBOX, PREFERENCES, OUTBOX])
def test_visitor_is_led_to_sign_in(island: Island, path: str) -> None:
    response = Client().get(path)
    assert (response.status_code, response.url) == (302, f"/account/login/?{urlencode({'next': path})}")


def test_inbox_shows_own_messages_newest_first(island: Island, as_amal: Client, at) -> None:
    at("2026-11-19 18:05")
    tell(island.amal, what="old bulb")
    tell(island.dou, what="secret")
    at("2026-11-20 09:12")
    tell(island.amal, what="new bulb")
    html = page(as_amal, INBOX)
    assert html.index("new bulb") < html.index("old bulb")
    assert "secret" not in html
    assert html.count("Not read yet") == 2
    assert "2 messages are not read yet." in html


def test_inbox_says_unread_in_words(island: Island, as_amal: Client) -> None:
    message = tell(island.amal)[0]
    assert "未读" in page(as_amal, INBOX, "zh-hans")
    as_amal.get(f"/messages/{message.pk}/")
    html = page(as_amal, INBOX)
    assert ("Not read yet" in html, "You have read everything." in html) == (False, True)


def test_inbox_speaks_the_readers_language(island: Island, as_amal: Client) -> None:
    tell(island.amal, notice="test.words")
    assert "<h3><a" in page(as_amal, INBOX)
    assert "照片" in page(as_amal, INBOX, "zh-hans")


def test_empty_inbox_says_what_comes(island: Island, as_amal: Client) -> None:
    html = page(as_amal, INBOX)
    assert "When something happens that concerns you, you will find it here." in html
    assert PREFERENCES in html


def test_inbox_has_25_rows_a_page(island: Island, as_amal: Client) -> None:
    for place in range(26):
        tell(island.amal, what=f"bulb {place:02}")
    assert page(as_amal, INBOX).count("It is mended") == 25
    assert page(as_amal, INBOX, page=2).count("It is mended") == 1
    assert as_amal.get(INBOX, {"page": 3}).status_code == 404


def queries_of(client: Client, path: str) -> int:
    """How many queries a page costs, once what lasts for the process is known."""
    page(client, path)
    with CaptureQueriesContext(connection) as counted:
        page(client, path)
    return len(counted)


def test_inbox_costs_the_same_for_1_and_3_rows(island: Island, as_amal: Client) -> None:
    tell(island.amal)
    one = queries_of(as_amal, INBOX)
    tell(island.amal)
    tell(island.amal)
    assert (queries_of(as_amal, INBOX), one < 10) == (one, True)


def test_every_page_says_how_many_messages_are_new(island: Island, as_amal: Client) -> None:
    assert "Messages</a>" in page(as_amal, PREFERENCES)
    tell(island.amal)
    tell(island.amal)
    assert "Messages (2 new)</a>" in page(as_amal, PREFERENCES)
    assert "消息 (2 条新)</a>" in page(as_amal, PREFERENCES, "zh-hans")
    as_amal.post("/messages/read/")
    assert "Messages</a>" in page(as_amal, PREFERENCES)


@pytest.mark.parametrize("number", [0, 1, 99, 100, 130])
def test_unread_count_is_one_query_and_stops_at_100(
    island: Island, number: int, django_assert_num_queries
) -> None:
    with transaction.atomic():
        for _ in range(number):
            tell(island.amal)
    with django_assert_num_queries(1):
        assert unread_count(actor_for_person(island.amal)) == min(number, 100)


def test_unread_count_of_a_visitor_asks_nobody(django_assert_num_queries, db: None) -> None:
    with django_assert_num_queries(0):
        assert unread_count(VISITOR) == 0


def test_message_is_read_when_opened_and_leads_to_the_thing(island: Island, as_amal: Client, at) -> None:
    now = at("2026-11-20 09:00")
    message = tell(island.amal, url="/places/T/")[0]
    response = as_amal.get(reverse("channels:message", args=[message.pk]))
    assert (response.status_code, response.url) == (302, "/places/T/")
    message.refresh_from_db()
    assert message.read_at == now


@pytest.mark.parametrize(
    "url", ["", "https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_message_without_a_thing_is_a_page(island: Island, as_amal: Client, url: str) -> None:
    message = tell(island.amal, what="<b>bulb</b>", url=url)[0]
    html = page(as_amal, f"/messages/{message.pk}/")
    assert "It is mended: &lt;b&gt;bulb&lt;/b&gt;." in html


def test_message_of_another_is_not_there(island: Island, as_amal: Client, as_operator: Client) -> None:
    message = tell(island.dou)[0]
    path = f"/messages/{message.pk}/"
    assert [client.get(path).status_code for client in (as_amal, as_operator)] == [404, 404]
    assert as_amal.get("/messages/999999999/").status_code == 404
    message.refresh_from_db()
    assert message.read_at is None


def test_message_is_opened_by_get_alone(island: Island, as_amal: Client) -> None:
    message = tell(island.amal)[0]
    assert as_amal.post(f"/messages/{message.pk}/").status_code == 405
    assert as_amal.head(f"/messages/{message.pk}/").status_code == 405


def test_mark_all_read(island: Island, as_amal: Client) -> None:
    tell(island.amal)
    tell(island.amal)
    assert as_amal.get("/messages/read/").status_code == 405
    response = as_amal.post("/messages/read/")
    assert (response.status_code, response.url) == (302, INBOX)
    assert Message.objects.filter(read_at=None).count() == 0


def chosen(**changed: Any) -> dict[str, Any]:
    return {"mail": "digest", "digest_hour": 12, "quiet_from_hour": 22, "quiet_until_hour": 6} | changed


def test_preferences_are_kept(island: Island, as_amal: Client) -> None:
    response = as_amal.post(PREFERENCES, chosen())
    assert (response.status_code, response.url) == (302, PREFERENCES)
    kept = Preference.objects.get(person=island.amal)
    assert (kept.mail, kept.digest_hour, kept.quiet_from_hour, kept.quiet_until_hour) == ("digest", 12, 22, 6)
    response = as_amal.get(PREFERENCES)
    assert "Done: from now on we write to you like this." in response.content.decode()
    assert {name: response.context["form"][name].value() for name in chosen()} == chosen()


@pytest.mark.parametrize(
    "wrong", [{"mail": "pigeon"}, {"digest_hour": 24}, {"quiet_from_hour": "x"}, {"mail": ""}]
)
def test_impossible_preferences_are_shown_again(
    island: Island, as_amal: Client, wrong: dict[str, Any]
) -> None:
    response = as_amal.post(PREFERENCES, chosen(**wrong))
    assert response.status_code == 422
    assert Preference.objects.count() == 0
    assert {name: response.context["form"][name].value() for name in chosen()} == {
        name: str(value) for name, value in chosen(**wrong).items()
    }


def test_preferences_say_when_there_is_no_address(island: Island, as_amal: Client) -> None:
    told = "We know no e-mail address of you"
    assert told in page(as_amal, PREFERENCES)
    island.amal.email = "amal@heron.example"
    island.amal.save()
    assert told not in page(as_amal, PREFERENCES)


def bury(person: Person, at, number: int = 1) -> list[Delivery]:
    now = at("2026-11-20 09:00")
    Person.objects.filter(pk=person.pk).update(email="amal@heron.example")
    for _ in range(number):
        tell(person)
    Delivery.objects.update(state="dead", due_at=None, settled_at=now, attempts=8, error="RCPT 550")
    return list(Delivery.objects.all())


def test_outbox_shows_neither_words_nor_addresses(island: Island, as_operator: Client, at) -> None:
    [dead] = bury(island.amal, at)
    html = page(as_operator, OUTBOX)
    assert "1 letter was given up." in html
    assert ("RCPT 550" in html, f'<th scope="row">{dead.pk}</th>' in html) == (True, True)
    for secret in ("Amal", "阿玛", "amal@heron.example", "bulb", "Pier Road", "lamp"):
        assert secret not in html


def test_outbox_says_all_is_well(island: Island, as_operator: Client) -> None:
    html = page(as_operator, OUTBOX)
    assert "Everything that is due has left the house." in html
    assert "Nothing was given up" in html


def test_outbox_says_since_when_letters_wait(island: Island, as_operator: Client, at) -> None:
    at("2026-11-20 09:00")
    island.amal.email = "amal@heron.example"
    island.amal.save()
    tell(island.amal)
    at("2026-11-20 09:10")
    assert "Everything that is due" in page(as_operator, OUTBOX)
    at("2026-11-20 09:11")
    assert "Letters wait too long: the oldest since today 09:00." in page(as_operator, OUTBOX)


def test_outbox_says_what_fails(island: Island, as_operator: Client, at) -> None:
    at("2026-11-20 09:00")
    Person.objects.filter(pk=island.amal.pk).update(email="amal@heron.example")
    tell(island.amal)
    run_due()  # nobody listens
    html = page(as_operator, OUTBOX)
    assert "1 letter could not be sent and is tried again: ConnectionRefusedError 111." in html


def test_outbox_costs_the_same_for_1_and_3_rows(island: Island, as_operator: Client, at) -> None:
    bury(island.amal, at, 1)
    one = queries_of(as_operator, OUTBOX)
    bury(island.amal, at, 2)
    assert (queries_of(as_operator, OUTBOX), one < 10) == (one, True)


def test_dead_retry_sends_one_again(island: Island, as_operator: Client, at) -> None:
    _first, second, _third = bury(island.amal, at, 3)
    response = as_operator.post(f"/operator/outbox/{second.pk}/retry/", follow=True)
    assert "1 letter is on its way again." in response.content.decode()
    assert [each.state for each in Delivery.objects.order_by("pk")] == ["dead", "queued", "dead"]
    as_operator.post("/operator/outbox/retry/")
    assert {each.state for each in Delivery.objects.all()} == {"queued"}


@pytest.mark.parametrize("name", ["amal", "bei", "chen", "dou", "guo", "hua"])
def test_outbox_is_the_operators(island: Island, at, name: str) -> None:
    [dead] = bury(island.amal, at)
    client = signed_in(island.people[name])
    answers = [
        client.get(OUTBOX),
        client.post("/operator/outbox/retry/"),
        client.post(f"/operator/outbox/{dead.pk}/retry/"),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    dead.refresh_from_db()
    assert dead.state == "dead"
