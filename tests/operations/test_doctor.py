import os
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from folkmoot_kernel.notes import COSIGNATURE_V1, SigningKey

from folkmoot.base import clock
from folkmoot.base.keys import rotate_field_key
from folkmoot.channels.models import Delivery, Message
from folkmoot.journal.models import Act, AskedWitness, Trouble
from folkmoot.journal.sealing import seal_all
from folkmoot.journal.services import record
from folkmoot.operations.doctor import CHECKS, Level, examine
from tests.factories.people import PersonFactory
from tests.journal.conftest import AMAL

WITNESS = SigningKey("green.example/witness", COSIGNATURE_V1, bytes(32)).verifier


@pytest.fixture
def well(sqlite_place):
    """An installation at which nothing is to mend."""
    with sqlite_place.entered():
        yield sqlite_place


def faults():
    return [(subject, finding.sentence) for subject, finding in examine() if finding.level == Level.FAULT]


def notes(about):
    return [
        finding.sentence for subject, finding in examine() if (subject, finding.level) == (about, Level.NOTE)
    ]


def beat(place, *, age_seconds=0, failing="{}"):
    path = place.folder / "worker.json"
    path.write_text(f'{{"pid": 1, "failing": {failing}}}')
    os.utime(path, (time.time() - age_seconds,) * 2)


def test_doctor_finds_no_fault_where_all_is_well(place):
    with place.entered():
        assert faults() == []
        assert {subject for subject, _ in examine()} == set(CHECKS)


def test_doctor_command_ends_with_1_on_a_fault_and_0_without(sqlite_place):
    assert sqlite_place.run("doctor").returncode == 0
    (sqlite_place.folder / "keys" / "lookup.key").unlink()
    ended = sqlite_place.run("doctor")
    assert ended.returncode == 1
    assert ended.stdout.splitlines()[-1] == "Faults to mend: 1."
    assert not (sqlite_place.folder / "keys" / "lookup.key").exists()


def test_doctor_command_speaks_chinese_where_the_place_does(sqlite_place, monkeypatch):
    monkeypatch.setenv("FOLKMOOT_LANGUAGE", "zh-hans")
    assert sqlite_place.run("doctor").stdout.splitlines()[-1] == "一切正常。"


def test_doctor_finds_a_missing_key(well):
    (well.folder / "keys" / "lookup.key").unlink()
    assert faults() == [
        ("keys", "lookup.key is missing. Put it back from your copy before anybody signs in.")
    ]


def test_doctor_finds_keys_that_others_may_read(well):
    path = well.folder / "keys" / "field.keys"
    path.chmod(0o644)
    path.parent.chmod(0o755)
    assert faults() == [
        ("keys", f"Others may look into {path.parent}. Run: chmod 700 {path.parent}"),
        ("keys", f"Others may read field.keys. Run: chmod 600 {path}"),
    ]


def test_doctor_finds_the_wrong_field_key(well):
    from tests.operations.conftest import forget_keys

    PersonFactory.create(phone="+8613800000001")
    (well.folder / "keys" / "field.keys").unlink()
    from folkmoot.base.keys import ensure_keys

    ensure_keys(well.folder / "keys")
    forget_keys()
    assert faults() == [
        (
            "keys",
            "people.Person.phone cannot be opened: field.keys is not the one it was sealed with. Put that back.",
        )
    ]


def test_doctor_finds_nothing_after_a_key_was_rotated(well):
    PersonFactory.create(phone="+8613800000001")
    rotate_field_key(well.folder / "keys")
    assert faults() == []


def test_doctor_finds_the_lost_key_of_the_journal(well):
    with transaction.atomic():
        record("case.reported", actor=AMAL, obj="case:1")
    seal_all()
    (well.folder / "keys" / "journal.key").unlink()
    assert faults() == [
        ("keys", "journal.key is missing. Put it back, or run: folkmoot keys --new-journal-key")
    ]


def test_doctor_finds_a_demo_under_a_public_address(well, settings):
    settings.DEMO, settings.ORIGIN, settings.IS_HTTPS = True, "https://moot.example.org", True
    assert faults() == [
        (
            "settings",
            "The demo runs under a public address. Unset FOLKMOOT_DEMO: anybody can sign in as anybody.",
        )
    ]


def test_doctor_finds_an_address_that_is_not_https(well, settings):
    settings.ORIGIN = "http://moot.example.org"
    assert faults() == [
        (
            "settings",
            "http://moot.example.org is not https: codes and names travel in the open. See deploy/README.md.",
        )
    ]


def test_doctor_notes_nothing_of_djangos_about_a_production_install(sqlite_place, monkeypatch):
    monkeypatch.setenv("FOLKMOOT_ORIGIN", "https://moot.example.org")
    monkeypatch.setenv("FOLKMOOT_TRUSTED_PROXIES", "1")
    said = sqlite_place.run("doctor").stdout.splitlines()
    assert [line for line in said if "settings" in line] == [
        "OK     settings  People reach this place at https://moot.example.org.",
        "NOTE   settings  No sign-in code is sent. Set FOLKMOOT_CODES, or people need a password or a passkey.",
        "NOTE   settings  No e-mail is sent: messages stay in the inbox here. Set FOLKMOOT_MAIL_URL to send them.",
    ]


def test_doctor_notes_a_limit_that_all_visitors_share(well, settings):
    settings.ORIGIN, settings.IS_HTTPS, settings.TRUSTED_PROXIES = "https://moot.example.org", True, 0
    said = "All visitors share one limit. Set FOLKMOOT_TRUSTED_PROXIES to the number of servers before us."
    assert [sentence for sentence in notes("settings") if "limit" in sentence] == [said]
    settings.TRUSTED_PROXIES = 1
    assert [sentence for sentence in notes("settings") if "limit" in sentence] == []


def test_doctor_finds_a_worker_that_is_silent_or_fails(well):
    beat(well, age_seconds=600)
    since = datetime.fromtimestamp(time.time() - 600, UTC)
    assert faults() == [
        ("worker", f"The worker is silent since {since:%Y-%m-%d %H:%M} UTC. Start: folkmoot serve")
    ]
    beat(well, failing='{"outbox": "OSError: no route"}')
    assert faults() == [("worker", "The worker's task “outbox” fails again and again: OSError: no route")]
    beat(well)
    assert faults() == []


def test_doctor_finds_acts_that_are_not_sealed(well):
    with transaction.atomic():
        record("case.reported", actor=AMAL, obj="case:1")
    assert faults() == []
    Act.objects.update(at=datetime.now(UTC) - timedelta(minutes=2))
    assert faults() == [
        (
            "journal",
            "Acts wait for more than a minute: the worker does not seal. Run: folkmoot journal seal",
        )
    ]


def test_doctor_finds_messages_that_are_late(well):
    person = PersonFactory.create()
    due = datetime.now(UTC) - timedelta(hours=2)
    message = Message.objects.create(person=person, notice="case.assigned", at=due)
    Delivery.objects.create(message=message, provider="mail", due_at=due)
    assert faults() == [
        (
            "outbox",
            f"1 messages wait, the oldest since {due:%Y-%m-%d %H:%M} UTC. Is the worker running, and the mail?",
        )
    ]


def test_doctor_finds_a_clock_behind_the_newest_act(well):
    with transaction.atomic():
        record("case.reported", actor=AMAL, obj="case:1")
    later = datetime.now(UTC) + timedelta(days=2)
    Act.objects.update(at=later)
    assert faults() == [
        (
            "clock",
            f"The clock is behind the newest act, which is of {later:%Y-%m-%d %H:%M} UTC. Set the clock.",
        )
    ]


def test_doctor_finds_tables_of_another_version(well):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'journal' AND name = '0002_witnesses'")
    assert faults() == [
        ("database", "The tables are of another version (1 steps wait). Run: folkmoot migrate")
    ]


def test_doctor_finds_a_damaged_database_and_looks_on(well):
    PersonFactory.create_batch(200)
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with closing(sqlite3.connect(well.database)) as file:
        (page,) = file.execute("SELECT rootpage FROM sqlite_master WHERE name = 'people_person'").fetchone()
    with well.database.open("r+b") as raw:
        raw.seek((page - 1) * 4096 + 12)
        raw.write(os.urandom(64))
    found = [subject for subject, finding in examine() if finding.level == Level.FAULT]
    assert "database" in found
    assert {subject for subject, _ in examine()} == set(CHECKS)


def test_doctor_names_the_sqlite_rule_of_old_versions(well, monkeypatch):
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 51, 2))
    assert any("only our worker checkpoints" in sentence for sentence in notes("database"))
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 51, 3))
    assert notes("database") == []


def test_doctor_looks_at_a_place_without_tables(tmp_path, django_db_blocker):
    from tests.operations.conftest import Place

    place = Place(tmp_path / "new")
    place.folder.mkdir()
    with django_db_blocker.unblock(), place.entered():
        found = {subject for subject, finding in examine() if finding.level == Level.FAULT}
    assert {"keys", "database"} <= found


def witnesses():
    return [(finding.level, finding.sentence) for subject, finding in examine() if subject == "witnesses"]


def asked(**how):
    return AskedWitness.objects.create(
        origin="moot.example/journal", name="green", not_before=clock.now(),
        key=WITNESS.vkey, **how
    )  # fmt: skip


@pytest.fixture
def witnessed(well, settings):
    """An installation with one witness."""
    settings.WITNESSES_FILE = well.folder / "witnesses"
    settings.WITNESSES_FILE.write_text(
        f"witness green {WITNESS.vkey} https://green.example/witness\nquorum green\n"
    )
    return well


def test_doctor_says_that_our_logs_have_no_witness(well):
    said = "Our logs have no witness. The operator's guide says how to name one."
    assert witnesses() == [(Level.OK, said)]


def test_doctor_says_when_a_witness_last_signed(witnessed):
    assert witnesses() == [(Level.NOTE, "The witness green has signed nothing yet.")]
    asked(cosigned_at=datetime(2026, 11, 20, 9, tzinfo=UTC))
    assert witnesses() == [(Level.OK, "The witness green last signed at 2026-11-20 09:00 UTC.")]


@pytest.mark.parametrize(
    ("trouble", "failures", "level", "why"),
    [
        (Trouble.SILENT, 1, Level.NOTE, "It does not answer."),
        (Trouble.SILENT, 7, Level.FAULT, "It does not answer."),
        (
            Trouble.CONFLICT,
            1,
            Level.FAULT,
            "It has seen another history of this log. Find out why before you go on.",
        ),
    ],
)
def test_doctor_names_a_witness_that_has_not_signed(witnessed, trouble, failures, level, why):
    asked(trouble=trouble, failures=failures)
    assert witnesses()[1:] == [(level, f"The witness green has not signed moot.example/journal. {why}")]


def test_doctor_leaves_out_a_witness_that_is_asked_no_more(witnessed):
    row = asked(trouble=Trouble.SILENT, failures=20)
    AskedWitness.objects.filter(pk=row.pk).update(not_before=clock.now() - timedelta(days=2))
    assert len(witnesses()) == 1


def test_doctor_finds_a_file_of_witnesses_that_cannot_be_read(witnessed, settings):
    settings.WITNESSES_FILE.write_text("witness green\n")
    [(level, said)] = witnesses()
    assert (level, str(settings.WITNESSES_FILE) in said) == (Level.FAULT, True)
