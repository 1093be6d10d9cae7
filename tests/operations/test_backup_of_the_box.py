"""What a backup takes of the box of ballots, and why an open poll cannot go on from it."""

import json
import tarfile

import pytest
from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.leaves import Broken, parse_leaf

from folkmoot.ballots.box import control
from folkmoot.ballots.box.checking import cell_of
from folkmoot.ballots.box.config import Config
from folkmoot.ballots.box.desk import Desk
from folkmoot.ballots.box.reading import read_cast
from folkmoot.ballots.box.store import ballots as ballot_rows
from tests.ballots.box.voters import make_poll

HOST = "box.example"


def desk_of(place):
    environment = {"DATA_DIR": str(place.folder), "BOX_ORIGIN": f"http://{HOST}"}
    return Desk(Config.of(environment))


@pytest.fixture
def voted(sqlite_place):
    """Two polls of thirty voters: in one half of them are published; the other is closed."""
    desk, casts = desk_of(sqlite_place), {}
    for name in ("open", "over"):
        poll = make_poll(name, HOST)
        control.create_poll(desk, poll.creation())
        control.open_casting(desk, name, {"paper": "*"})
        casts[name] = [read_cast(voter.request()) for voter in poll.voters(30)]
        desk.take([(cast, cell_of(cast, desk.polls)) for cast in casts[name]])
    control.close_poll(desk, "over", {})
    desk.settle()
    desk.close()
    return sqlite_place, casts


def back_up(place, target):
    ended = place.run("backup", str(target))
    assert ended.returncode == 0, ended.stderr
    with tarfile.open(target) as tar:
        return tar.extractfile("box.jsonl").read().decode()


def test_backup_leaves_out_what_waits_and_open_envelopes(voted, tmp_path):
    place, casts = voted
    text = back_up(place, tmp_path / "night.tar")
    assert {table: text.count(f'["{table}"') for table in ("waiting", "settled", "entry")} == {
        "waiting": 0, "settled": 30, "entry": 47,
    }  # fmt: skip
    assert [b64u(cast.o) in text for cast in casts["open"]] == [False] * 30
    assert [b64u(cast.o) in text for cast in casts["over"]] == [True] * 30


def test_restore_is_refused_while_a_poll_was_open(voted, tmp_path, empty_place):
    place, _ = voted
    back_up(place, tmp_path / "night.tar")
    target = empty_place(place)
    keys = ["--keys", str(tmp_path / "night.keys.tar")]
    ended = target.run("restore", str(tmp_path / "night.tar"), *keys)
    assert ended.returncode == 1
    assert ended.stderr.startswith("These polls were open: open. They cannot go on from a backup.")
    assert not (target.folder / "box.sqlite3").exists()
    ended = target.run("restore", str(tmp_path / "night.tar"), *keys, "--declare-broken")
    assert ended.returncode == 0, ended.stderr
    desk = desk_of(target)
    polls = desk.polls.by_name
    assert {name: (poll.is_closed, poll.is_broken) for name, poll in polls.items()} == {
        "open": (False, True), "over": (True, False),
    }  # fmt: skip
    *_, (_, last) = ballot_rows.entries(desk.database, "open", 0, 100)
    assert parse_leaf(last) == Broken("open", "The box was restored from a backup.")
    assert json.loads(last)["type"] == "folkmoot/broken/v1"
    before = desk_of(place)
    assert list(ballot_rows.entries(desk.database, "over", 0, 100)) == list(
        ballot_rows.entries(before.database, "over", 0, 100)
    )
    assert desk.publication(polls["over"]).checkpoint == before.publication(polls["over"]).checkpoint
    for each in (desk, before):
        each.close()
