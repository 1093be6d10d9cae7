"""A backup never tells who has taken a paper in a poll that is still open."""

from folkmoot.ballots.models import Claim, Poll, RollEntry, Stratum, Taken, Waiting
from folkmoot.base import clock
from folkmoot.operations.backup import back_up
from folkmoot.operations.restore import restore
from tests.factories.ballots import make_voting
from tests.factories.cases import actor_of
from tests.factories.island import Island, make_island


def polled(island: Island, *, is_closed: bool) -> list[RollEntry]:
    """Five people have taken a paper; gives their places on the roll."""
    made = make_voting(island["V1"], actor_of(island.bei, island.secretary), {"residents": 8})
    entries = made.entries("residents")[:5]
    for number, entry in enumerate(entries):
        Claim.objects.create(code_hash=f"{made.poll.pk}-{number}", entry=entry)
        Taken.objects.create(entry=entry, paper=made.paper, kind="hand")
        if not is_closed:
            Waiting.objects.create(entry=entry)
    if is_closed:
        Claim.objects.filter(entry__poll=made.poll).delete()
        Poll.objects.filter(pk=made.poll.pk).update(closed_at=clock.now(), state="closed")
    return entries


def test_back_up_leaves_out_who_has_taken_a_paper_in_an_open_poll(place, empty_place, tmp_path):
    target = tmp_path / "night.tar"
    with place.entered():
        island = make_island()
        over, still_open = polled(island, is_closed=True), polled(island, is_closed=False)
        back_up(target, with_keys=True)
        assert Taken.objects.count() == 10
    found = target.read_bytes()
    if not place.url:  # a dump of PostgreSQL is packed
        closed, opened = (found.count(entries[0].pk.hex.encode()) for entries in (over, still_open))
        assert closed - opened == 2  # the taken paper and its index; both stand on the roll
    with empty_place(place).entered():
        assert restore(target, keys=target.with_name("night.keys.tar")).differences == []
        assert set(Taken.objects.values_list("entry", flat=True)) == {entry.pk for entry in over}
        assert not Waiting.objects.exists()
        assert (Claim.objects.count(), RollEntry.objects.count(), Stratum.objects.count()) == (0, 16, 2)
