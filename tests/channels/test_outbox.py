"""Letters leave the house, whatever the mail server does. The server is a real one on loopback."""

import itertools
import logging
import threading
from datetime import timedelta

import pytest
from django.db import connection

from folkmoot.base import clock
from folkmoot.base.registries import due_work
from folkmoot.channels import outbox
from folkmoot.channels.models import Delivery, Message, Preference
from folkmoot.channels.outbox import run_due
from folkmoot.channels.queries import outbox_depth
from folkmoot.people.models import Person
from tests.channels.conftest import NOTICE, MailServer, reader, running, tell
from tests.factories.people import AccountFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning(at) -> None:
    at("2026-11-20 09:00")


def run() -> int:
    return run_due(chance=lambda: 0)


def the_delivery() -> Delivery:
    return Delivery.objects.get()


def minutes_until_due() -> float:
    return (the_delivery().due_at - clock.now()).total_seconds() / 60


def test_run_due_sends_what_is_due(amal: Person, mail: MailServer) -> None:
    message = tell(amal, url="/lamps/1/")[0]
    assert run() == 1
    [(address, letter)] = mail.received
    assert address == "amal@heron.example"
    assert letter["To"] == "amal@heron.example"
    assert letter["From"] == "Heron Island <folkmoot@heron.example>"
    assert letter["Subject"] == "The lamp at Pier Road"
    assert letter["Content-Language"] == "en"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"].endswith("@heron.example>")
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content().replace("\r\n", "\n") == (
        "It is mended: new bulb.\n\n"
        f"https://heron.example/messages/{message.pk}/\n\n"
        "--\nWhen and how often we write to you is your choice:\n"
        "https://heron.example/messages/preferences/\n"
    )
    delivery = the_delivery()
    assert (delivery.state, delivery.attempts, delivery.due_at, delivery.claim) == ("sent", 1, None, None)
    assert delivery.settled_at == clock.now()


def test_run_due_again_sends_nothing(amal: Person, mail: MailServer) -> None:
    tell(amal)
    assert [run(), run()] == [1, 0]
    assert mail.addresses == ["amal@heron.example"]


def test_letter_is_in_the_language_of_its_reader(mail: MailServer) -> None:
    tell(reader("amal", language="en"), reader("bei", language="zh-hans"), notice="test.words")
    run()
    said = {
        address: (letter["Subject"], letter["Content-Language"], letter.get_content()[:3])
        for address, letter in mail.received
    }
    assert said == {
        "amal@heron.example": ("photo", "en", "doc"),
        "bei@heron.example": ("照片", "zh-Hans", "文件\r"),
    }


def test_letter_not_due_waits(amal: Person, mail: MailServer, at) -> None:
    at("2026-11-20 23:00")
    tell(amal)
    assert run() == 0
    at("2026-11-21 06:59")
    assert run() == 0
    at("2026-11-21 07:00")
    assert run() == 1
    assert mail.addresses == ["amal@heron.example"]


def test_letter_late_into_quiet_hours_waits_for_the_morning(amal: Person, mail: MailServer, at) -> None:
    at("2026-11-20 20:59")
    tell(amal)
    at("2026-11-20 21:30")  # the worker was down at 20:59
    run()
    assert (mail.received, the_delivery().state, the_delivery().attempts) == ([], "queued", 0)
    at("2026-11-21 07:00")
    assert the_delivery().due_at == clock.now()
    run()
    assert mail.addresses == ["amal@heron.example"]


def test_digest_gathers_a_day_in_one_letter(amal: Person, mail: MailServer, at) -> None:
    Preference.objects.create(person=amal, mail="digest")
    for hour, what in (("09:00", "bulb"), ("11:00", "cable"), ("17:59", "pole")):
        at(f"2026-11-20 {hour}")
        tell(amal, what=what)
        assert run() == 0
    at("2026-11-20 18:00")
    assert run() == 3
    [(_, letter)] = mail.received
    assert letter["Subject"] == "3 messages for you"
    positions = [letter.get_content().index(what) for what in ("bulb", "cable", "pole")]
    assert positions == sorted(positions)
    assert {delivery.state for delivery in Delivery.objects.all()} == {"sent"}


def test_digest_of_one_is_a_plain_letter(amal: Person, mail: MailServer, at) -> None:
    Preference.objects.create(person=amal, mail="digest")
    tell(amal)
    at("2026-11-20 18:00")
    run()
    assert [letter["Subject"] for _, letter in mail.received] == ["The lamp at Pier Road"]


def test_readers_get_letters_of_their_own(amal: Person, mail: MailServer) -> None:
    dou = reader("dou")
    tell(amal, dou, what="for both")
    tell(dou, what="for one")
    run()
    said = {address: letter.get_content() for address, letter in mail.received}
    assert sorted(said) == ["amal@heron.example", "dou@heron.example"]
    assert "for one" not in said["amal@heron.example"]


@pytest.mark.parametrize("number", [21, 45])
def test_run_due_takes_batch_after_batch(mail: MailServer, number: int) -> None:
    tell(*[reader(f"reader{place:02}") for place in range(number)])
    assert run() == number
    assert mail.addresses == sorted(f"reader{place:02}@heron.example" for place in range(number))


def test_run_due_stops_after_half_a_minute(mail: MailServer, at, monkeypatch) -> None:
    tell(*[reader(f"reader{place}") for place in range(5)])
    seconds = itertools.count(step=3)
    start = clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(seconds=next(seconds)))
    run()
    states = [(each.state, each.attempts) for each in Delivery.objects.order_by("pk")]
    assert states == [("sent", 1)] * 3 + [("queued", 0)] * 2
    assert len(mail.received) == 3


def test_dead_server_is_tried_again_and_heals(amal: Person, no_server: MailServer, at) -> None:
    tell(amal)
    pauses = []
    for moment in ("09:00", "09:01", "09:05"):
        at(f"2026-11-20 {moment}")
        run()
        pauses.append(minutes_until_due())
        assert (the_delivery().state, the_delivery().error) == ("queued", "ConnectionRefusedError 111")
    assert pauses == [1, 4, 16]
    at("2026-11-20 09:21")
    with running(no_server):
        run()
    assert (the_delivery().state, the_delivery().attempts, the_delivery().error) == ("sent", 4, "")
    assert no_server.addresses == ["amal@heron.example"]


def test_dead_server_is_asked_once_a_minute(no_server: MailServer, at) -> None:
    tell(*[reader(f"reader{place:02}") for place in range(45)])
    assert run() == 1
    assert sorted(Delivery.objects.values_list("attempts", flat=True)) == [0] * 44 + [1]
    assert run() == 0
    at("2026-11-20 09:01")
    assert run() == 1


def test_delivery_is_given_up_after_eight_tries(amal: Person, no_server: MailServer, caplog) -> None:
    tell(amal)
    tries = 0
    while the_delivery().state == "queued":
        with clock.set_to(the_delivery().due_at):
            tries += run()
    assert (tries, the_delivery().attempts, the_delivery().due_at) == (8, 8, None)
    assert (the_delivery().state, the_delivery().error) == ("dead", "ConnectionRefusedError 111")
    assert "amal" not in caplog.text
    assert run() == 0


def test_retries_keep_quiet_hours(amal: Person, no_server: MailServer, at) -> None:
    at("2026-11-20 20:59")
    tell(amal)
    run()
    assert f"{the_delivery().due_at:%d %H:%M}" == "20 23:00"  # 07:00 of the 21st in the place


def test_pause_is_spread_by_chance(amal: Person, no_server: MailServer) -> None:
    tell(amal)
    run_due(chance=lambda: 1.0)
    assert minutes_until_due() == 1.25


def test_refused_address_is_given_up_at_once(amal: Person, mail: MailServer) -> None:
    mail.answers["RCPT"] = "550 no mailbox amal@heron.example"
    tell(amal)
    run()
    assert (the_delivery().state, the_delivery().attempts, the_delivery().error) == ("dead", 1, "RCPT 550")


def test_refused_letter_does_not_hold_up_the_next(mail: MailServer) -> None:
    tell(reader("amal"), reader("bei"))
    mail.answers["DATA"] = "554 looks like spam"
    run()
    assert [(each.state, each.error) for each in Delivery.objects.all()] == [("dead", "DATA 554")] * 2


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_busy_mailbox_is_tried_later(amal: Person, mail: MailServer, step: str) -> None:
    mail.answers[step] = "451 come back later, amal@heron.example"
    tell(amal)
    run()
    assert (the_delivery().state, the_delivery().error, minutes_until_due()) == ("queued", f"{step} 451", 1)


def test_closing_server_makes_the_others_wait(mail: MailServer) -> None:
    mail.answers["RCPT"] = "421 closing"
    tell(reader("amal"), reader("bei"))
    assert run() == 1
    assert sorted(Delivery.objects.values_list("attempts", "error")) == [(0, ""), (1, "RCPT 421")]


def test_hanging_server_is_left_after_the_timeout(amal: Person, mail: MailServer, settings) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    waiting = threading.Event()
    mail.in_data = lambda _server: waiting.wait(5)
    tell(amal, reader("bei"))
    assert run() == 1
    waiting.set()
    assert sorted(Delivery.objects.values_list("state", "attempts", "error")) == [
        ("queued", 0, ""), ("queued", 1, "SMTPServerDisconnected"),
    ]  # fmt: skip


def test_server_dying_in_the_middle_is_tried_again(amal: Person, mail: MailServer, at) -> None:
    mail.in_data = lambda server: server.loop.call_soon_threadsafe(server.transport.abort)
    tell(amal)
    run()
    delivery = the_delivery()
    assert (delivery.state, delivery.attempts) == ("queued", 1)
    assert delivery.error in {"SMTPServerDisconnected", "ConnectionResetError 104"}
    mail.in_data = lambda server: None
    mail.received.clear()
    at("2026-11-20 09:01")
    run()
    assert (the_delivery().state, mail.addresses) == ("sent", ["amal@heron.example"])


def test_same_letter_has_the_same_message_id(amal: Person, mail: MailServer) -> None:
    tell(amal)
    run()
    Delivery.objects.update(state="queued", due_at=clock.now(), settled_at=None)
    run()
    tell(amal)
    run()
    first, again, other = [letter["Message-ID"] for _, letter in mail.received]
    assert (first == again, first == other) == (True, False)


def test_impossible_address_is_given_up(mail: MailServer, amal: Person) -> None:
    tell(amal)
    Person.objects.filter(pk=amal.pk).update(email="amal@heron.example\nBcc: dou@heron.example")
    run()
    assert (the_delivery().state, mail.received) == ("dead", [])


def test_letter_that_cannot_be_made_leaves_the_others_alone(amal: Person, mail: MailServer, caplog) -> None:
    tell(amal)
    tell(reader("bei"))
    message = Delivery.objects.order_by("pk").first().message
    message.params = None
    type(message).objects.filter(pk=message.pk).update(params=[])
    run()
    assert mail.addresses == ["bei@heron.example"]
    broken = Delivery.objects.get(message=message)
    assert (broken.state, broken.attempts, broken.error) == ("queued", 1, "AttributeError")


def test_letter_that_kills_its_worker_is_given_up(amal: Person, mail: MailServer) -> None:
    tell(amal)
    Delivery.objects.update(state="claimed", attempts=8)  # eight workers took it and were never seen again
    run()
    assert (the_delivery().state, the_delivery().error, mail.received) == ("dead", "no end", [])


def test_unwanted_letter_is_dropped(amal: Person, mail: MailServer) -> None:
    message = tell(amal)[0]
    Preference.objects.create(person=amal, mail="none")
    run()
    message.refresh_from_db()
    assert (Delivery.objects.count(), mail.received) == (0, [])


def test_letter_without_address_is_dropped(amal: Person, mail: MailServer) -> None:
    tell(amal)
    Person.objects.filter(pk=amal.pk).update(email="")
    run()
    assert (Delivery.objects.count(), mail.received) == (0, [])


def test_letters_wait_while_mail_is_not_set_up(amal: Person, mail: MailServer, settings) -> None:
    tell(amal)
    settings.EMAIL_HOST = ""
    assert run() == 0
    settings.EMAIL_HOST = "127.0.0.1"
    assert run() == 1


def test_claim_is_settled_by_its_worker_alone(amal: Person, mail: MailServer, at) -> None:
    """A worker so slow that another took over its claim changes nothing any more."""
    tell(amal)
    [slow] = outbox.claim(["mail"])
    at("2026-11-20 09:05")
    [fresh] = outbox.claim(["mail"])
    outbox.put_back([slow], clock.now())
    assert (the_delivery().state, the_delivery().claim, the_delivery().attempts) == (
        "claimed",
        fresh.claim,
        2,
    )


def test_claim_comes_back_after_five_minutes(amal: Person, mail: MailServer, at) -> None:
    tell(amal)
    assert len(outbox.claim(["mail"])) == 1  # and the worker is gone
    at("2026-11-20 09:04")
    assert run() == 0
    at("2026-11-20 09:05")
    assert run() == 1
    assert (mail.addresses, the_delivery().attempts) == (["amal@heron.example"], 2)


def test_idle_outbox_costs_one_query(mail: MailServer, amal: Person, django_assert_num_queries) -> None:
    tell(amal)
    run()
    with django_assert_num_queries(1):
        assert run() == 0


def queries_of_a_round(number: int, queries) -> int:
    people = [reader(f"reader{number}{place}") for place in range(number)]
    tell(*people)
    with queries as counted:
        assert run() == number
    return len(counted)


def test_each_letter_costs_one_query(mail: MailServer, django_assert_max_num_queries) -> None:
    one = queries_of_a_round(1, django_assert_max_num_queries(30))
    three = queries_of_a_round(3, django_assert_max_num_queries(30))
    assert three == one + 2


def test_outbox_depth_counts_what_is_open(no_server: MailServer, at) -> None:
    tell(*[reader(f"reader{place}") for place in range(5)])
    first = clock.now()
    states = [("dead", None, first), ("sent", None, first), ("claimed", first + timedelta(minutes=5), None)]
    for delivery, (state, due_at, settled_at) in zip(Delivery.objects.order_by("pk"), states, strict=False):
        Delivery.objects.filter(pk=delivery.pk).update(state=state, due_at=due_at, settled_at=settled_at)
    at("2026-11-20 09:01")
    depth = outbox_depth()
    assert (depth.waiting, depth.claimed, depth.dead, depth.late_since) == (2, 1, 1, first)


def test_outbox_depth_tells_of_a_dead_server(no_server: MailServer, at) -> None:
    tell(*[reader(f"reader{place}") for place in range(3)])
    run()
    depth = outbox_depth()
    assert (depth.waiting, depth.failing, depth.error) == (3, 1, "ConnectionRefusedError 111")
    at("2026-11-20 09:04")
    with running(no_server):
        run()
    depth = outbox_depth()
    assert (depth.waiting, depth.failing, depth.error) == (0, 0, "")


def test_outbox_questions_use_the_small_indexes(amal: Person, no_server: MailServer) -> None:
    """After years nearly everything is sent; what is not must be found without reading that."""
    now = clock.now()
    sent = Message.objects.bulk_create(Message(person=amal, notice=NOTICE, at=now) for _ in range(1000))
    Delivery.objects.bulk_create(
        Delivery(message=message, provider="mail", state="sent", settled_at=now) for message in sent
    )
    tell(amal)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    due = Delivery.objects.filter(due_at__lte=now, provider__in=["mail"])
    dead = Delivery.objects.filter(state="dead")
    assert ("outbox_due" in due.explain(), "outbox_dead" in dead.explain()) == (True, True)


def test_run_due_is_due_work() -> None:
    assert due_work["outbox"] == run_due


def test_errors_hold_no_secrets(mail: MailServer, settings, amal: Person, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "folkmoot", "open sesame"
    AccountFactory.create(person=amal)
    tell(amal)
    run()
    assert the_delivery().state == "queued"
    assert "sesame" not in the_delivery().error + caplog.text
    assert "amal" not in the_delivery().error + caplog.text
