"""We as a witness: which logs we know, and what we answer them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.notes import COSIGNATURE_V1, SigningKey, open_checkpoint
from folkmoot_kernel.witness import AddCheckpoint

from folkmoot.base.actors import VISITOR, Actor
from folkmoot.base.errors import NotAllowed, Refused
from folkmoot.journal.keys import witness_key
from folkmoot.journal.models import Act, WitnessedLog
from folkmoot.journal.sealing import seal_all
from folkmoot.journal.services import cosign_checkpoint, drop_log, witness_log
from tests.conftest import signed_in
from tests.journal.conftest import AMAL, BEI
from tests.journal.logs import FORKED, ForeignLog

OPERATOR = Actor(person_id=9, ref="0p", is_operator=True)
GREEN = ForeignLog()


@pytest.fixture
def green(db):
    return witness_log(actor=OPERATOR, key=GREEN.vkey, name="Green County")


@pytest.fixture
def as_kai(island):
    """Kai, overseer of the whole place."""
    return signed_in(island.kai, island.overseer)


def ask(client, data):
    return client.generic("POST", "/witness/add-checkpoint", data, "text/plain")


def believed(answer, asked):
    """What a checker of that log reads who wants our cosignature."""
    note = AddCheckpoint.parse(asked).checkpoint + answer.content
    return open_checkpoint(
        note, origin=GREEN.origin, log_key=GREEN.key.verifier, witnesses=[witness_key().verifier], quorum=1
    )


def test_add_checkpoint_gives_a_cosignature_that_checkers_believe(client, green, at):
    at("2026-11-20 09:00")
    for old, new in ((0, 7), (7, 7), (7, 8), (8, 40)):
        asked = GREEN.asked(old, new)
        answer = ask(client, asked)
        assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
        assert believed(answer, asked) == GREEN.at(new)
    green.refresh_from_db()
    assert (green.size, green.latest, f"{green.cosigned_at:%H:%M}") == (40, GREEN.at(40), "01:00")


def test_add_checkpoint_tells_the_size_it_has(client, green):
    ask(client, GREEN.asked(0, 13))
    answer = ask(client, GREEN.asked(0, 20))
    assert (answer.status_code, answer["Content-Type"], answer.content) == (409, "text/x.tlog.size", b"13\n")
    assert ask(client, GREEN.asked(13, 20)).status_code == 200


def test_add_checkpoint_refuses_the_other_side_of_a_split(client, green):
    ask(client, GREEN.asked(0, 13))
    forked = ForeignLog(leaves=FORKED)
    answers = [ask(client, forked.asked(13, 20)), ask(client, forked.asked(13, 13))]
    assert [(answer.status_code, answer["Content-Type"]) for answer in answers] == [
        (422, "text/plain; charset=utf-8"),
        (409, "text/plain; charset=utf-8"),
    ]
    green.refresh_from_db()
    assert green.latest == GREEN.at(13)


def changed(asked):
    return asked.replace(b"\n5\n", b"\n6\n", 1)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (ForeignLog("blue.example/journal").asked(0, 5), 404),
        (ForeignLog(seed=b"o" * 32).asked(0, 5), 403),
        (changed(GREEN.asked(0, 5)), 403),
        (GREEN.asked(5, 5).replace(b"old 5", b"old 9", 1), 400),
        (b"", 400),
        (b"old 5\n", 400),
        (b"\xff\x00" * 50, 400),
        (b"x" * 70_000, 400),
        (b"old 0\n\n" + b"x" * 60_000, 400),
    ],
)
def test_add_checkpoint_refuses_and_keeps_nothing(client, green, data, status):
    assert ask(client, data).status_code == status
    green.refresh_from_db()
    assert green.latest is None


def test_add_checkpoint_is_asked_by_post_without_cookies(client, green):
    assert client.get("/witness/add-checkpoint").status_code == 405
    strict = type(client)(enforce_csrf_checks=True)
    answer = ask(strict, GREEN.asked(0, 7))
    assert (answer.status_code, dict(answer.cookies)) == (200, {})


def test_add_checkpoint_leaves_no_record(client, green):
    before = Act.objects.count()
    ask(client, GREEN.asked(0, 7))
    assert Act.objects.count() == before


def test_add_checkpoint_reads_once_and_writes_once(client, green, django_assert_num_queries):
    with django_assert_num_queries(5):  # the log, savepoint, the log again, its new size, savepoint
        ask(client, GREEN.asked(0, 7))


def test_of_two_sides_shown_at_once_one_is_cosigned(place):
    """The latest checkpoint is read and written in one transaction, whatever the database."""
    sides, rounds = [GREEN, ForeignLog(leaves=FORKED)], 8
    with place.entered():
        for number in range(rounds):
            logs = [ForeignLog(f"g{number}.example/log", side.leaves) for side in sides]
            witness_log(actor=OPERATOR, key=logs[0].vkey, name="Green County")
            together = Barrier(2)

            def show(log, together=together):
                together.wait()
                try:
                    cosign_checkpoint(actor=VISITOR, request=AddCheckpoint.parse(log.asked(0, 20)))
                except KernelError as refusal:
                    return type(refusal).__name__
                finally:
                    connection.close()
                return "cosigned"

            with ThreadPoolExecutor(2) as threads:
                assert sorted(threads.map(show, logs)) == ["WitnessConflict", "cosigned"]


def test_witness_log_is_recorded_and_said_twice_is_refused(green):
    assert list(Act.objects.values_list("kind", "object_ref")) == [("log.witnessed", green.ref)]
    with pytest.raises(Refused, match=r"We witness this log already, as “Green County”\."):
        witness_log(actor=OPERATOR, key=GREEN.vkey, name="Green again")


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("green", "This is not the key of a log. Copy the whole line: it has two plus signs and no spaces."),
        (f"{GREEN.vkey}x", "This is not the key of a log. Copy the whole line: it has two plus signs and no spaces."),
        (SigningKey("green.example/witness", COSIGNATURE_V1, bytes(32)).verifier.vkey,
         "This is the key of a witness. Ask for the key of the log."),
        (ForeignLog("g" * 201).vkey, "The name of this log is too long for us."),
    ],
)  # fmt: skip
def test_witness_log_refuses_what_is_no_key_of_a_log(db, key, sentence):
    with pytest.raises(Refused) as refused:
        witness_log(actor=OPERATOR, key=key, name="Green County")
    assert (str(refused.value), WitnessedLog.objects.count()) == (sentence, 0)


def test_dropped_log_goes_on_where_it_was_left(client, green):
    ask(client, GREEN.asked(0, 13))
    drop_log(actor=OPERATOR, log=green)
    assert ask(client, GREEN.asked(13, 20)).status_code == 404
    again = witness_log(actor=OPERATOR, key=GREEN.vkey, name="Green again")
    assert (again.pk, again.size) == (green.pk, 13)
    assert ask(client, ForeignLog(leaves=FORKED).asked(0, 20)).status_code == 409
    assert ask(client, GREEN.asked(13, 20)).status_code == 200
    assert list(Act.objects.order_by("id").values_list("kind", flat=True)) == [
        "log.witnessed", "log.dropped", "log.witnessed",
    ]  # fmt: skip


@pytest.mark.parametrize("actor", [VISITOR, AMAL, BEI])
def test_witness_log_is_for_overseers_and_operators(green, actor):
    with pytest.raises(NotAllowed):
        witness_log(actor=actor, key=GREEN.vkey, name="Green County")
    with pytest.raises(NotAllowed):
        drop_log(actor=actor, log=green)


def test_witness_page_gives_our_key_and_shows_what_we_witness(client, green):
    page = client.get("/witness/").content.decode()
    key = witness_key().verifier
    assert key.vkey.replace("+", "&#x2B;") in page or key.vkey in page
    assert (key.name, key.kind) == ("127.0.0.1/witness", COSIGNATURE_V1)
    assert "Green County" in page
    assert "has not asked yet" in page
    ask(client, GREEN.asked(0, 7))
    page = client.get("/witness/").content.decode()
    assert "green.example/journal. Entries signed: 7, last " in page
    assert "Witness this log" not in page


def test_witness_page_in_chinese(client, green):
    page = client.get("/witness/", headers={"accept-language": "zh-CN"}).content.decode()
    assert "见证方" in page
    assert "我们见证的日志" in page


def test_witness_page_asks_as_much_for_three_logs_as_for_one(client, green, django_assert_num_queries):
    seal_all()  # the journal has a key now, whose witnesses are looked for
    for number in range(3):
        with django_assert_num_queries(2):
            client.get("/witness/")
        witness_log(actor=OPERATOR, key=ForeignLog(f"g{number}.example/log").vkey, name=f"G{number}")


def test_overseer_witnesses_and_drops_on_the_page(as_kai):
    assert (
        as_kai.post("/witness/logs/", {"name": "Green County", "key": f" {GREEN.vkey} "}).status_code == 302
    )
    page = as_kai.get("/witness/").content.decode()
    assert "Stop witnessing Green County" in page
    log = WitnessedLog.objects.get()
    assert as_kai.post(f"/witness/logs/{log.pk}/drop/").status_code == 302
    assert as_kai.post(f"/witness/logs/{log.pk}/drop/").status_code == 404
    assert "Stop witnessing" not in as_kai.get("/witness/").content.decode()


def test_witness_page_keeps_what_was_typed(as_kai):
    answer = as_kai.post("/witness/logs/", {"name": "Green County", "key": "the green key"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This is not the key of a log." in page
    assert "the green key" in page
    assert "Green County" in page


@pytest.mark.parametrize("name", ["as_amal", "as_bei", "as_chen", "as_dou"])
def test_witness_forms_are_closed_to_others(name, request, green):
    browser = request.getfixturevalue(name)
    said = {"name": "Blue", "key": ForeignLog("blue.example/log").vkey}
    assert browser.post("/witness/logs/", said).status_code == 403
    assert browser.post(f"/witness/logs/{green.pk}/drop/").status_code == 403
    assert browser.get("/witness/").status_code == 200
