"""Messages are written with the act, and follow what their reader wants."""

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from folkmoot.base.actors import VISITOR, Actor
from folkmoot.base.errors import NotAllowed
from folkmoot.channels.models import Delivery, Message, Preference
from folkmoot.channels.services import mark_all_read, mark_read, notify, retry_dead, set_preferences
from folkmoot.journal.models import Act
from folkmoot.people.models import Person
from tests.channels.conftest import NOTICE, MailServer, reader, tell
from tests.factories.people import PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_server")]

OPERATOR = Actor(person_id=0, ref="operator", is_operator=True)


def actor(person: Person) -> Actor:
    return Actor(person_id=person.pk, ref=str(person.ref))


def due_times() -> list[str]:
    return [f"{each.due_at:%m-%d %H:%M}" for each in Delivery.objects.order_by("pk")]


def test_notify_writes_message_and_delivery(amal: Person, at) -> None:
    now = at("2026-11-20 09:00")
    message = tell(amal, url="/lamps/1/")[0]
    message.refresh_from_db()
    assert (message.notice, message.params, message.url) == (
        NOTICE, {"place": "Pier Road", "what": "new bulb"}, "/lamps/1/",
    )  # fmt: skip
    assert (message.person, message.at, message.read_at) == (amal, now, None)
    delivery = Delivery.objects.get()
    assert (delivery.message, delivery.provider, delivery.state) == (message, "mail", "queued")
    assert (delivery.due_at, delivery.attempts) == (now, 0)


def test_notify_needs_a_transaction(transactional_db: None, no_server: MailServer) -> None:
    with pytest.raises(RuntimeError, match="outside the transaction"):
        notify(people=[1], notice=NOTICE, params={"place": "", "what": ""})


def test_notify_is_undone_with_the_act(amal: Person) -> None:
    with transaction.atomic():
        tell(amal)
        transaction.set_rollback(True)
    assert (Message.objects.count(), Delivery.objects.count()) == (0, 0)


def test_notify_tells_each_person_once(amal: Person) -> None:
    with transaction.atomic():
        notify(people=[amal.pk, amal.pk, 10**9], notice=NOTICE, params={"place": "", "what": ""})
    assert [message.person for message in Message.objects.all()] == [amal]


def test_notify_leaves_the_erased_alone(at) -> None:
    gone = reader("gone", erased_at=at("2026-11-20 09:00"))
    assert tell(gone) == []


def test_notify_sends_nothing_without_an_address() -> None:
    tell(PersonFactory.create(email=""))
    assert (Message.objects.count(), Delivery.objects.count()) == (1, 0)


def test_notify_sends_nothing_where_mail_is_not_set_up(amal: Person, settings) -> None:
    settings.EMAIL_HOST = ""
    tell(amal)
    assert (Message.objects.count(), Delivery.objects.count()) == (1, 0)


@pytest.mark.parametrize("number", [1, 3, 100])
def test_notify_costs_three_queries(number: int, django_assert_num_queries) -> None:
    people = [reader(f"reader{place}") for place in range(number)]
    with transaction.atomic(), django_assert_num_queries(3):
        notify(people=[p.pk for p in people], notice=NOTICE, params={"place": "", "what": ""})
    assert Delivery.objects.count() == number


@pytest.mark.parametrize(
    ("wish", "now", "due"),
    [
        ({}, "2026-11-20 20:59", ["11-20 12:59"]),
        ({}, "2026-11-20 23:30", ["11-20 23:00"]),
        ({}, "2026-11-21 03:30", ["11-20 23:00"]),
        ({"mail": "digest"}, "2026-11-20 09:00", ["11-20 10:00"]),
        ({"mail": "digest"}, "2026-11-20 19:00", ["11-21 10:00"]),
        (
            {"mail": "digest", "quiet_from_hour": 17, "quiet_until_hour": 20},
            "2026-11-20 09:00",
            ["11-20 12:00"],
        ),
        ({"mail": "none"}, "2026-11-20 09:00", []),
    ],
)
def test_delivery_is_due_when_the_reader_wants_it(
    amal: Person, at, wish: dict, now: str, due: list[str]
) -> None:
    """Quiet from 21 until 7 and digest at 18 unless said otherwise; times due are in UTC, eight hours behind."""
    Preference.objects.create(person=amal, **wish)
    at(now)
    tell(amal)
    assert due_times() == due


def test_mark_read_keeps_the_first_time(amal: Person, at) -> None:
    message = tell(amal)[0]
    first = at("2026-11-20 09:00")
    mark_read(actor=actor(amal), message=message)
    at("2026-11-20 10:00")
    mark_read(actor=actor(amal), message=message)
    message.refresh_from_db()
    assert message.read_at == first
    assert [act.kind for act in Act.objects.all()] == ["message.read"]


def test_mark_read_by_another_is_refused(amal: Person) -> None:
    message = tell(amal)[0]
    for who in (actor(reader("dou")), VISITOR, OPERATOR):
        with pytest.raises(NotAllowed):
            mark_read(actor=who, message=message)
    message.refresh_from_db()
    assert message.read_at is None


def test_mark_all_read_marks_the_readers_own(amal: Person) -> None:
    dou = reader("dou")
    tell(amal, dou)
    tell(amal)
    assert mark_all_read(actor=actor(amal)) == 2
    assert [message.person for message in Message.objects.filter(read_at=None)] == [dou]
    assert mark_all_read(actor=actor(amal)) == 0
    assert [(act.kind, act.body["count"]) for act in Act.objects.all()] == [("messages.read", 2)]


def chosen(**changed) -> dict:
    return {"mail": "at_once", "quiet_from_hour": 21, "quiet_until_hour": 7, "digest_hour": 18} | changed


def test_set_preferences_moves_what_waits(amal: Person, at) -> None:
    at("2026-11-20 09:00")
    tell(amal)
    set_preferences(actor=actor(amal), **chosen(mail="digest", digest_hour=12))
    assert due_times() == ["11-20 04:00"]
    set_preferences(actor=actor(amal), **chosen())
    assert due_times() == ["11-20 01:00"]
    set_preferences(actor=actor(amal), **chosen(mail="none"))
    assert due_times() == []
    assert (Message.objects.count(), Preference.objects.count()) == (1, 1)
    assert [act.kind for act in Act.objects.all()] == ["preferences.set"] * 3


def test_set_preferences_leaves_others_alone(amal: Person, at) -> None:
    at("2026-11-20 09:00")
    tell(amal, reader("dou"))
    set_preferences(actor=actor(amal), **chosen(mail="none"))
    assert due_times() == ["11-20 01:00"]


def test_set_preferences_of_a_visitor_is_refused() -> None:
    with pytest.raises(NotAllowed):
        set_preferences(actor=VISITOR, **chosen())


def test_preference_of_no_hour_is_impossible(amal: Person) -> None:
    with pytest.raises(IntegrityError):
        Preference.objects.create(person=amal, quiet_from_hour=24)


def bury(amal: Person, at) -> list[Delivery]:
    now = at("2026-11-20 09:00")
    tell(amal), tell(amal)
    Delivery.objects.update(state="dead", due_at=None, settled_at=now, attempts=8, error="RCPT 550")
    return list(Delivery.objects.order_by("pk"))


def test_retry_dead_puts_one_back(amal: Person, at) -> None:
    first, second = bury(amal, at)
    now = at("2026-11-22 09:00")
    assert retry_dead(actor=OPERATOR, delivery_id=first.pk) == 1
    first.refresh_from_db()
    assert (first.state, first.attempts, first.due_at, first.settled_at, first.error) == (
        "queued",
        0,
        now,
        None,
        "",
    )
    second.refresh_from_db()
    assert second.state == "dead"


def test_retry_dead_puts_all_back(amal: Person, at) -> None:
    bury(amal, at)
    assert retry_dead(actor=OPERATOR) == 2
    assert retry_dead(actor=OPERATOR) == 0
    assert [(act.kind, act.body["count"]) for act in Act.objects.all()] == [("deliveries.retried", 2)]


def test_retry_dead_is_the_operators(amal: Person, at) -> None:
    bury(amal, at)
    with pytest.raises(NotAllowed):
        retry_dead(actor=actor(amal))


def test_sent_letter_is_never_retried(amal: Person, at) -> None:
    now = at("2026-11-20 09:00")
    tell(amal)
    Delivery.objects.update(state="sent", due_at=None, settled_at=now)
    assert retry_dead(actor=OPERATOR, delivery_id=Delivery.objects.get().pk) == 0


def test_settled_delivery_is_never_due(amal: Person) -> None:
    tell(amal)
    with pytest.raises(IntegrityError):
        Delivery.objects.update(state="sent")
