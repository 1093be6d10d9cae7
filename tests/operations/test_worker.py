import json
import logging
import signal
import subprocess
import sys
import threading
import time

import psycopg
import pytest
from django.db import connection, transaction

from folkmoot.base.errors import Refused
from folkmoot.journal.models import Act
from folkmoot.journal.sealing import seal_all
from folkmoot.journal.services import record
from folkmoot.journal.verifying import verify
from folkmoot.operations.lock import held_lock
from folkmoot.operations.worker import Job, Worker, due_jobs, heartbeat_path
from tests.journal.conftest import AMAL


def broken():
    raise ValueError("the tide is out")


@pytest.fixture
def worker(tmp_path):
    def make(*jobs):
        return Worker(list(jobs), None, tmp_path / "worker.json")

    return make


@pytest.mark.django_db
def test_round_goes_on_when_one_job_fails(worker, caplog):
    done = []
    jobs = [Job("broken", broken), Job("sound", lambda: done.append(1) or 1)]
    worker(*jobs).round()
    assert done == [1]
    assert [(entry.levelname, entry.getMessage()) for entry in caplog.records] == [
        ("ERROR", "broken failed (ValueError: the tide is out); tried again in 2 s")
    ]


@pytest.mark.django_db
def test_round_tries_a_failing_job_later_and_later(worker):
    job = Job("broken", broken)
    pauses = []
    for _ in range(8):
        job.not_before = 0.0
        worker(job).round()
        pauses.append(round(job.not_before - time.monotonic()))
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]
    worker(job).round()
    assert job.failures == 8


@pytest.mark.django_db
def test_round_says_when_a_job_works_again(worker, caplog):
    caplog.set_level(logging.INFO, "folkmoot.worker")
    job = Job("tide", broken)
    worker(job).round()
    job.work, job.not_before = lambda: 1, 0.0
    caplog.clear()
    worker(job).round()
    assert [entry.getMessage() for entry in caplog.records] == ["tide works again"]
    assert (job.failures, job.error) == (0, "")


@pytest.mark.django_db
def test_round_leaves_a_heartbeat_that_names_what_fails(worker, tmp_path):
    worker(Job("broken", broken), Job("sound", lambda: 0)).round()
    beat = json.loads((tmp_path / "worker.json").read_text())
    assert beat["failing"] == {"broken": "ValueError: the tide is out"}


@pytest.mark.django_db
def test_round_survives_a_heartbeat_that_cannot_be_written(tmp_path, caplog):
    Worker([], None, tmp_path / "no" / "folder" / "worker.json").round()
    assert "the heartbeat cannot be written" in caplog.text


@pytest.mark.django_db
def test_run_ends_after_the_present_job(worker):
    seen = []
    running = worker(Job("first", lambda: running.stopping.set() or 0), Job("second", lambda: seen.append(1)))
    running.run()
    assert seen == []


@pytest.mark.django_db
def test_due_jobs_are_the_entries_of_the_registry():
    names = [job.name for job in due_jobs()]
    assert names[0] == "journal"
    assert len(names) == len(set(names))


def test_round_heals_after_the_database_cut_the_connection(on_postgres, worker):
    """As after a restart of PostgreSQL: one round fails with one line, the next works."""
    job = Job("journal", seal_all)
    running = worker(job)
    with transaction.atomic():
        record("case.reported", actor=AMAL, obj="case:1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    settings = connection.settings_dict
    address = {"host": settings["HOST"], "dbname": settings["NAME"], "user": settings["USER"]}
    with psycopg.connect(**address, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [backend])
    connection.health_check_done = True  # the cut comes in the middle of a round
    job.run()
    assert job.error.startswith("OperationalError:")
    job.not_before = 0.0
    running.round()
    assert (job.failures, Act.objects.filter(position=None).count()) == (0, 0)


def test_held_lock_lets_only_one_in(tmp_path):
    path = tmp_path / "worker.lock"
    with held_lock(path), pytest.raises(Refused, match="runs already"), held_lock(path):
        pass
    with held_lock(path):
        pass


WRITE = """
import sys, time
from folkmoot.cli import set_up
set_up(makes_keys=True)
from django.db import transaction
from folkmoot.base.actors import Actor
from folkmoot.journal.services import record
for number in range(150):
    with transaction.atomic():
        record("case.reported", actor=Actor(person_id=1, ref="a3f1"), obj=f"case:{number}")
    time.sleep(0.01)
"""


def test_worker_killed_again_and_again_loses_and_doubles_nothing(sqlite_place):
    writer = subprocess.Popen([sys.executable, "-c", WRITE], env=sqlite_place.environment())
    kills = 0
    while writer.poll() is None:
        beat = sqlite_place.folder / "worker.json"
        beat.unlink(missing_ok=True)
        worker = sqlite_place.start("worker")
        deadline = time.monotonic() + 20
        while not beat.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.4 + 0.37 * kills % 1)
        worker.kill()
        worker.communicate()
        kills += 1
    assert (writer.returncode, kills >= 2) == (0, True)
    with sqlite_place.entered():
        seal_all()
        report = verify()
        assert (report.size, report.waiting, report.faults) == (150, 0, [])
        assert Act.objects.values("object_ref").distinct().count() == 150


def test_worker_killed_between_position_and_checkpoint_leaves_no_half_seal(postgresql_place):
    """The database holds the sealing open at its last statement; there the worker is killed."""
    place = postgresql_place
    with place.entered():
        with transaction.atomic():
            record("case.reported", actor=AMAL, obj="case:1")
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN PERFORM pg_sleep(2); RETURN NEW; END $$; "
                "CREATE TRIGGER wait BEFORE INSERT ON journal_checkpoint FOR EACH ROW EXECUTE FUNCTION wait()"
            )
        worker = place.start("worker")
        wait_for_sleeping_backend()
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION wait() CASCADE")  # waits until the orphaned statement has ended
        assert Act.objects.filter(position=None).count() == 1
        assert seal_all() == 1
        report = verify()
        assert (report.size, report.faults) == (1, [])


def wait_for_sleeping_backend():
    asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute(asleep)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("the worker never came to the checkpoint")


def test_worker_stops_at_sigterm_without_a_word(sqlite_place):
    worker = sqlite_place.start("worker")
    with sqlite_place.entered():
        for _ in range(400):
            if heartbeat_path().exists():
                break
            time.sleep(0.05)
    worker.terminate()
    assert worker.communicate(timeout=10) == ("", "")
    assert worker.returncode == 0


def test_tick_does_all_due_work_once(sqlite_place):
    with sqlite_place.entered(), transaction.atomic():
        record("case.reported", actor=AMAL, obj="case:1")
    ended = sqlite_place.run("tick")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[0] == "journal: 1"


@pytest.mark.django_db
def test_slow_work_keeps_nothing_waiting(worker, tmp_path):
    """Others' machines may be silent for long: what is due is done all the same, and the end does not wait."""
    held, begun, rounds = threading.Event(), threading.Event(), []

    def slow():
        begun.set()
        held.wait(30)
        return 0

    def due():
        rounds.append(begun.wait(10))
        if len(rounds) == 3:
            running.stopping.set()
        return 0

    running = Worker([Job("due", due)], None, tmp_path / "worker.json", [Job("slow", slow)])
    started = time.monotonic()
    running.run()
    held.set()
    assert rounds == [True, True, True]
    assert time.monotonic() - started < 10


@pytest.mark.django_db
def test_heartbeat_names_slow_work_that_fails(tmp_path):
    running = Worker([], None, tmp_path / "worker.json", [job := Job("witnesses", broken)])
    job.run()
    running.beat()
    beat = json.loads((tmp_path / "worker.json").read_text())
    assert beat["failing"] == {"witnesses": "ValueError: the tide is out"}
