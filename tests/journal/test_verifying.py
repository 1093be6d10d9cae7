import pytest
from django.db import transaction
from folkmoot_kernel import notes
from folkmoot_kernel.merkle import EMPTY_ROOT

from folkmoot.journal.keys import make_key, signing_key
from folkmoot.journal.leaves import body_digest
from folkmoot.journal.models import Act, Checkpoint, Tile
from folkmoot.journal.sealing import seal_all, seal_pending
from folkmoot.journal.services import forget
from folkmoot.journal.verifying import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(write, at, settings, tmp_path):
    """Ten sealed acts under three checkpoints."""
    settings.KEYS_DIR = tmp_path
    at("2026-11-20 09:00")
    write(10)
    while seal_pending(limit=4):
        pass
    return list(Act.objects.order_by("position"))


def faults():
    return verify().faults


def test_verify_of_an_untouched_journal_finds_nothing(sealed):
    report = verify()
    assert (report.size, report.checkpoints, report.faults, report.is_sound) == (10, 3, [], True)
    head = notes.Checkpoint.parse(notes.parse_note(Checkpoint.objects.get(size=10).note.encode()).text)
    assert report.root == head.root


def test_verify_of_an_empty_journal_finds_nothing():
    report = verify()
    assert (report.size, report.root, report.faults) == (0, EMPTY_ROOT, [])


def test_verify_counts_what_waits(sealed, write):
    write(2)
    assert (verify().waiting, faults()) == (2, [])


def test_verify_names_an_act_whose_kind_was_changed(sealed):
    act = sealed[3]
    Act.objects.filter(pk=act.pk).update(kind="case.closed")
    assert faults() == [
        f"Act {act.id} (case.closed) at position 3 was changed: it was sealed with another kind."
    ]


def test_verify_names_an_act_whose_body_was_changed(sealed):
    act = sealed[2]
    Act.objects.filter(pk=act.pk).update(body=act.body | {"category": "road"})
    assert faults() == [
        f"Act {act.id} (case.reported) at position 2 was changed: its body does not fit its digest."
    ]


def test_verify_names_an_act_whose_body_and_digest_were_changed_together(sealed):
    act = sealed[2]
    body = act.body | {"category": "road"}
    Act.objects.filter(pk=act.pk).update(body=body, digest=body_digest(bytes(act.salt), body))
    assert faults() == [
        f"Act {act.id} (case.reported) at position 2 was changed: it was sealed with another digest."
    ]


def test_verify_names_an_act_that_is_filed_elsewhere(sealed):
    act = sealed[2]
    Act.objects.filter(pk=act.pk).update(object_ref="case:900")
    changed = "it is filed under another object or actor than its body names."
    assert faults() == [f"Act {act.id} (case.reported) at position 2 was changed: {changed}"]


@pytest.mark.parametrize("body", [[], "x", {"actor": 1.5}, {}])
def test_verify_survives_a_body_that_is_no_record(sealed, body):
    act = sealed[2]
    Act.objects.filter(pk=act.pk).update(body=body)
    assert faults() == [
        f"Act {act.id} (case.reported) at position 2 was changed: its body does not fit its digest."
    ]


def test_verify_names_an_act_that_was_removed(sealed):
    act = sealed[5]
    Act.objects.filter(pk=act.pk).delete()
    assert faults() == [f"Act {act.id} (case.escalated, 2026-11-20T01:00:00Z) at position 5 was removed."]


def test_verify_names_the_last_act_that_was_removed(sealed):
    Act.objects.filter(pk=sealed[9].pk).delete()
    assert faults() == [
        f"Act {sealed[9].id} (case.escalated, 2026-11-20T01:00:00Z) at position 9 was removed."
    ]


def test_verify_names_both_acts_that_changed_places(sealed):
    first, second = sealed[1], sealed[6]
    Act.objects.filter(pk=first.pk).update(position=99)
    Act.objects.filter(pk=second.pk).update(position=1)
    Act.objects.filter(pk=first.pk).update(position=6)
    one = f"act {first.id} (case.escalated, 2026-11-20T01:00:00Z)"
    other = f"act {second.id} (case.reported, 2026-11-20T01:00:00Z)"
    moved = "was sealed: the order was changed."
    assert faults() == [
        f"Act {second.id} (case.reported) stands at position 1, where {one} {moved}",
        f"Act {first.id} (case.escalated) stands at position 6, where {other} {moved}",
    ]


def test_verify_names_an_act_put_beyond_the_signed_log(sealed, write):
    act = write(1)[0]
    Act.objects.filter(pk=act.pk).update(position=10)
    assert faults() == [f"Act {act.id} (case.reported) at position 10 stands beyond the signed log."]


def test_verify_finds_a_changed_tile(sealed):
    tile = Tile.objects.get(level=0)
    Tile.objects.filter(pk=tile.pk).update(hashes=bytes(32) + bytes(tile.hashes)[32:])
    act = f"Act {sealed[0].id} (case.reported) at position 0"
    assert faults() == [
        "The leaf kept for position 0 does not fit its hash in the tile.",
        f"{act} does not fit the hash that was sealed: the row or the tile was changed.",
        "The checkpoint of 4 acts signs another root than that of the first 4 acts.",
        "The checkpoint of 8 acts signs another root than that of the first 8 acts.",
        "The checkpoint of 10 acts signs another root than that of the first 10 acts.",
    ]


def test_verify_finds_a_removed_tile(sealed):
    Tile.objects.all().delete()
    assert faults() == [
        "The tile of positions 0 to 9 is gone or cut short.",
        "The leaves kept for positions 0 to 9 cannot be read.",
    ]


def test_verify_finds_a_changed_leaf_in_the_bundle(sealed):
    tile = Tile.objects.get(level=0)
    Tile.objects.filter(pk=tile.pk).update(entries=bytes(tile.entries).replace(b"case.e", b"case.E", 1))
    assert faults() == ["The leaf kept for position 1 does not fit its hash in the tile."]


def test_verify_finds_a_changed_upper_tile(write):
    write(600)
    seal_all()
    assert faults() == []
    Tile.objects.filter(level=1).update(hashes=bytes(64))
    assert faults() == ["The tile 1/0 does not hold the roots of the tiles below it."]


def test_verify_finds_a_row_sealed_again_after_a_change(sealed):
    """Somebody with the database but without the key rewrites act, leaf and tile alike."""
    from folkmoot_kernel.merkle import leaf_hash
    from folkmoot_kernel.tiles import encode_bundle, parse_bundle

    from folkmoot.journal.verifying.row_checks import leaf_of

    act = sealed[4]
    act.kind = "case.forged"
    act.save()
    tile = Tile.objects.get(level=0)
    hashes, entries = bytearray(tile.hashes), parse_bundle(bytes(tile.entries), 10)
    hashes[4 * 32 : 5 * 32], entries[4] = leaf_hash(leaf_of(act)), leaf_of(act)
    Tile.objects.filter(pk=tile.pk).update(hashes=bytes(hashes), entries=encode_bundle(entries))
    assert faults() == [
        "The checkpoint of 8 acts signs another root than that of the first 8 acts.",
        "The checkpoint of 10 acts signs another root than that of the first 10 acts.",
    ]


def test_verify_finds_a_checkpoint_signed_by_a_stranger(sealed, settings, tmp_path):
    newest = Checkpoint.objects.get(size=10)
    text = notes.parse_note(newest.note.encode()).text
    stranger = notes.SigningKey("127.0.0.1/journal", notes.ED25519, bytes(32))
    Checkpoint.objects.filter(pk=newest.pk).update(note=notes.sign_note(text, stranger).encode().decode())
    assert faults() == [
        "The checkpoint of 10 acts is not good: The note carries no signature of a key that is known here."
    ]


def test_verify_finds_checkpoints_that_changed_places(sealed):
    small, large = Checkpoint.objects.get(size=4), Checkpoint.objects.get(size=8)
    Checkpoint.objects.filter(pk=large.pk).update(note=small.note)
    assert faults() == ["The checkpoint of 8 acts speaks of 4 acts."]


def test_verify_finds_acts_cut_off_when_a_checkpoint_was_kept_elsewhere(sealed):
    kept = Checkpoint.objects.get(size=10).note.encode()
    Checkpoint.objects.filter(size=10).delete()
    Act.objects.filter(position__gte=8).delete()
    tile = Tile.objects.get(level=0)
    Tile.objects.filter(pk=tile.pk).update(hashes=bytes(tile.hashes)[: 8 * 32])
    assert verify(against=kept).faults[0] == (
        "The checkpoint you gave speaks of 10 acts, but there are 8: acts are gone."
    )


def test_verify_against_an_own_older_checkpoint_finds_nothing(sealed):
    assert verify(against=Checkpoint.objects.get(size=4).note.encode()).faults == []


def test_verify_against_a_checkpoint_of_another_history_says_so(sealed):
    text = notes.Checkpoint("127.0.0.1/journal", 5, bytes(32)).body
    forged = notes.sign_note(text, signing_key()).encode()
    assert verify(against=forged).faults == [
        "The checkpoint you gave signs another root than that of the first 5 acts."
    ]


def test_verify_passes_after_acts_were_forgotten(sealed):
    with transaction.atomic():
        forget("a3f1")
    seal_all()
    report = verify()
    assert (report.size, report.erased, report.faults) == (11, 5, [])


def test_verify_finds_acts_that_were_hidden_by_clearing_them(sealed):
    Act.objects.filter(pk=sealed[0].pk).update(body=None, salt=None, actor_ref="")
    assert faults() == ["Cleared acts: 1. Recorded as forgotten: 0. Somebody hides acts."]


def test_verify_knows_checkpoints_of_an_older_key(sealed, write, settings, tmp_path):
    (tmp_path / "journal.key").unlink()
    make_key()
    write(1)
    seal_all()
    report = verify()
    assert (report.size, report.checkpoints, report.faults) == (11, 4, [])


def test_verify_keeps_a_thousand_sentences_and_counts_the_rest(write, monkeypatch):
    monkeypatch.setattr("folkmoot.journal.verifying.report.MAX_SENTENCES", 3)
    write(5)
    seal_all()
    Act.objects.update(kind="case.forged")
    report = verify()
    assert (len(report.faults), report.fault_count) == (3, 5)


def test_verify_reads_a_fixed_number_of_times_for_each_tile(write, django_assert_num_queries):
    write(250)
    seal_all()
    with django_assert_num_queries(9):
        verify()
    write(500)
    seal_all()
    with django_assert_num_queries(9 + 2 * 2 + 1):
        verify()


def test_verify_shows_how_far_it_is(write):
    write(300)
    seal_all()
    seen = []
    verify(progress=lambda done, total: seen.append((done, total)))
    assert seen == [(256, 300), (300, 300)]


def test_verify_in_one_process_needs_no_more_memory_for_more_acts(write):
    import tracemalloc

    def peak():
        tracemalloc.start()
        verify()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    write(256)
    seal_all()
    verify()
    small = peak()
    for _ in range(4):
        write(512)
        seal_all()
    assert peak() < 1.5 * small
