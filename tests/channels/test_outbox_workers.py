"""Several workers, and workers that are killed: nothing doubled, nothing lost. Threads and processes are real."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from folkmoot.base import clock
from folkmoot.channels.models import Delivery, Preference
from folkmoot.channels.outbox import claim, run_due
from tests.channels.conftest import MailServer, in_threads, reader, tell

ROOT = Path(__file__).parents[2]
WORKER = "import django; django.setup(); from folkmoot.channels.outbox import run_due; run_due()"


@pytest.fixture(autouse=True)
def noon(at, shared_database: str) -> None:
    at("2026-11-20 12:00")


def test_two_workers_send_nothing_twice(mail: MailServer) -> None:
    people = [reader(f"reader{place:03}") for place in range(60)]
    tell(*people)
    mail.in_data = lambda _server: time.sleep(0.002)
    in_threads(run_due, run_due, run_due)
    assert Counter(mail.addresses) == {person.email: 1 for person in people}
    assert Counter(Delivery.objects.values_list("state", "attempts")) == {("sent", 1): 60}


def test_two_workers_keep_a_digest_together(mail: MailServer, at) -> None:
    people = [reader(f"reader{place:02}") for place in range(8)]
    Preference.objects.bulk_create(Preference(person=person, mail="digest") for person in people)
    for _ in range(6):
        tell(*people)
    at("2026-11-20 18:00")
    in_threads(run_due, run_due, run_due)
    subjects = [(address, letter["Subject"]) for address, letter in mail.received]
    assert sorted(subjects) == [(person.email, "6 messages for you") for person in people]


def test_claims_never_overlap(mail: MailServer) -> None:
    tell(*[reader(f"reader{place:03}") for place in range(100)])
    taken: list[list[int]] = []
    start = threading.Barrier(4)

    def take() -> None:
        start.wait()
        while claimed := claim(["mail"]):
            taken.append([delivery.pk for delivery in claimed])

    in_threads(take, take, take, take)
    # A worker that finds everything locked goes home; whoever holds the lock comes back for the rest.
    everybody = Counter(pk for claimed in taken for pk in claimed)
    assert everybody == dict.fromkeys(Delivery.objects.values_list("pk", flat=True), 1)


def start_worker(mail: MailServer, database_url: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "folkmoot.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "kernel")]),
        "DATABASE_URL": database_url,
        "FOLKMOOT_MAIL_URL": f"smtp://127.0.0.1:{mail.port}",
        "FOLKMOOT_MAIL_FROM": "Heron Island <folkmoot@heron.example>",
    }
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment)


def test_killed_worker_loses_nothing(mail: MailServer, shared_database: str) -> None:
    """Killed while the mail server holds the letter: the claim comes back, and so does the letter, by its name."""
    with clock.set_to(clock.now() - timedelta(days=1)):
        everyone = reader("amal")
        Preference.objects.create(person=everyone, quiet_from_hour=0, quiet_until_hour=0)
        tell(everyone)
    holds_it, may_go_on = threading.Event(), threading.Event()

    def hold(_server: object) -> None:
        holds_it.set()
        may_go_on.wait(30)

    mail.in_data = hold
    worker = start_worker(mail, shared_database)
    try:
        assert holds_it.wait(30)
    finally:
        worker.send_signal(signal.SIGKILL)
        assert worker.wait() == -signal.SIGKILL
        may_go_on.set()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.settled_at) == ("claimed", 1, None)
    with clock.set_to(delivery.due_at - timedelta(seconds=1)):
        assert run_due() == 0
    with clock.set_to(delivery.due_at):
        assert run_due() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("sent", 2)
    # The server had taken it before the kill: at least once, with one name for both.
    assert mail.addresses == ["amal@heron.example"] * 2
    assert len({letter["Message-ID"] for _, letter in mail.received}) == 1
