import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from folkmoot_kernel import notes, tiles
from folkmoot_kernel.merkle import leaf_hash, root_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from folkmoot.base.registries import due_work
from folkmoot.journal import sealing
from folkmoot.journal.keys import JournalKeyLost, signing_key, verifier_keys
from folkmoot.journal.leaves import leaf_bytes
from folkmoot.journal.models import Act, Checkpoint, Tile
from folkmoot.journal.queries import fetch_tile, latest_checkpoint
from folkmoot.journal.sealing import JournalBroken, seal_all, seal_pending
from folkmoot.journal.services import record
from folkmoot.journal.verifying import verify
from tests.journal.conftest import AMAL


def leaves():
    acts = Act.objects.exclude(position=None).order_by("position")
    return [leaf_hash(leaf_bytes(act.id, act.kind, act.at, bytes(act.digest))) for act in acts]


def signed_head():
    note = notes.open_note(latest_checkpoint().note.encode(), verifier_keys())
    return notes.Checkpoint.parse(note.text)


@pytest.mark.django_db
def test_seal_pending_gives_positions_in_order_of_writing(write, at):
    moment = at("2026-11-20 09:00")
    acts = write(5)
    assert seal_pending() == 5
    assert list(Act.objects.order_by("id").values_list("id", "position")) == [
        (act.id, position) for position, act in enumerate(acts)
    ]
    head = signed_head()
    assert (head.origin, head.size, head.root) == ("127.0.0.1/journal", 5, root_of(leaves()))
    assert latest_checkpoint().at == moment


@pytest.mark.django_db
def test_seal_pending_with_nothing_to_do_writes_nothing(write):
    assert seal_pending() == 0
    write(1)
    seal_pending()
    assert seal_pending() == 0
    assert (Checkpoint.objects.count(), Tile.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_seal_pending_seals_at_most_the_limit(write):
    write(7)
    assert [seal_pending(limit=3) for _ in range(4)] == [3, 3, 1, 0]
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [3, 6, 7]


@pytest.mark.django_db
def test_seal_all_is_due_work_of_the_clock(write):
    write(3)
    assert due_work["journal"] == seal_all
    assert due_work["journal"]() == 3


@pytest.mark.django_db
@settings(max_examples=12, deadline=timedelta(seconds=20), suppress_health_check=list(HealthCheck))
@given(batches=st.lists(st.sampled_from([1, 2, 7, 100, 255, 256, 257, 300]), min_size=1, max_size=6))
def test_seal_pending_in_any_batches_gives_one_and_the_same_log(write, batches):
    with transaction.atomic():
        for count in batches:
            write(count)
            assert seal_pending() == count
        total = sum(batches)
        assert signed_head().root == root_of(leaves())
        stored = {(row.level, row.number, len(row.hashes) // 32) for row in Tile.objects.all()}
        assert stored == {(tile.level, tile.index, tile.width) for tile in tiles.new_tiles(0, total)}
        assert list(map(leaf_hash, tiles.read_entries(total, fetch_tile))) == leaves()
        assert verify().faults == []
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_seal_pending_failing_to_sign_seals_nothing(write, monkeypatch):
    write(3)
    monkeypatch.setattr(sealing, "sign_head", fail)
    with pytest.raises(OSError, match="no space left"):
        seal_pending()
    assert Act.objects.filter(position=None).count() == 3
    assert (Tile.objects.count(), Checkpoint.objects.count()) == (0, 0)


def fail(_):
    raise OSError("no space left")


@pytest.mark.django_db
def test_seal_pending_without_its_key_stops_instead_of_making_another(write, settings, tmp_path):
    settings.KEYS_DIR = tmp_path
    write(1)
    seal_pending()
    (tmp_path / "journal.key").unlink()
    write(1)
    with pytest.raises(JournalKeyLost):
        seal_pending()
    assert Act.objects.filter(position=None).count() == 1
    assert not (tmp_path / "journal.key").exists()


@pytest.mark.django_db
def test_signing_key_is_made_once_and_read_by_its_owner_alone(settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "keys"
    key = signing_key()
    assert signing_key() == key
    assert (tmp_path / "keys" / "journal.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys" / "journal.pub").read_text() == key.verifier.vkey + "\n"
    assert verifier_keys() == [key.verifier]


def test_seal_pending_takes_acts_that_commit_out_of_order(on_postgres):
    """The lower number commits later: it gets the later position, and nothing is passed over."""
    written, may_commit = threading.Event(), threading.Event()
    early: list[int] = []

    def slow_act():
        with transaction.atomic():
            early.append(record("case.reported", actor=AMAL, obj="case:1").id)
            written.set()
            assert may_commit.wait(10)
        connection.close()

    slow = threading.Thread(target=slow_act)
    slow.start()
    assert written.wait(10)
    with transaction.atomic():
        late = record("case.reported", actor=AMAL, obj="case:2").id
    assert seal_pending() == 1
    may_commit.set()
    slow.join(10)
    assert seal_pending() == 1
    assert early[0] < late
    assert list(Act.objects.order_by("position").values_list("id", flat=True)) == [late, early[0]]
    assert verify().faults == []


def test_two_sequencers_never_give_one_position_twice(on_postgres, write):
    errors: list[Exception] = []
    stop = threading.Event()

    def sequence():
        try:
            while not stop.is_set() or seal_pending(limit=20):
                seal_pending(limit=7)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    def write_some():
        for _ in range(10):
            write(10)
        connection.close()

    sequencers = [threading.Thread(target=sequence) for _ in range(2)]
    writers = [threading.Thread(target=write_some) for _ in range(3)]
    for thread in (*sequencers, *writers):
        thread.start()
    for writer in writers:
        writer.join(60)
    stop.set()
    for sequencer in sequencers:
        sequencer.join(60)
    assert errors == []
    assert sorted(Act.objects.values_list("position", flat=True)) == list(range(300))
    report = verify()
    assert (report.size, report.faults) == (300, [])


@pytest.mark.django_db
def test_seal_pending_signs_nothing_on_top_of_a_changed_tile(write):
    write(3)
    seal_pending()
    tile = Tile.objects.get()
    Tile.objects.update(hashes=bytes(32) + bytes(tile.hashes)[32:])
    write(1)
    with pytest.raises(JournalBroken):
        seal_pending()
    assert Act.objects.filter(position=None).count() == 1


@pytest.mark.django_db
def test_seal_pending_signs_nothing_on_top_of_a_removed_tile(write):
    write(3)
    seal_pending()
    Tile.objects.all().delete()
    write(1)
    with pytest.raises(JournalBroken):
        seal_pending()
