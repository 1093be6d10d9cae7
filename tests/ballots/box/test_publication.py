"""The log as files: made from the store, at any time, with the same bytes."""

import shutil
import zipfile
from io import BytesIO

import pytest
from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.leaves import Ballot, list_root, parse_leaf
from folkmoot_kernel.merkle import leaf_hash
from folkmoot_kernel.notes import Policy, open_checkpoint
from folkmoot_kernel.tiles import TlogProof, read_entries, verify_proof

from folkmoot.ballots.box import control
from folkmoot.ballots.box.checking import cell_of
from folkmoot.ballots.box.reading import read_cast
from tests.ballots.box.test_cast import key_of
from tests.ballots.box.voters import body, make_poll


def vote(desk, poll, count):
    casts = [read_cast(voter.request()) for voter in poll.voters(count)]
    desk.take([(cast, cell_of(cast, desk.polls)) for cast in casts])
    return casts


@pytest.fixture
def season(desk):
    """A poll of which ten ballots wait and ten are published."""
    poll = make_poll("season", "box.example", slips=3)
    control.create_poll(desk, poll.creation())
    control.open_casting(desk, "season", {"paper": "*"})
    vote(desk, poll, 20)
    desk.settle()
    return poll


def read(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def published(desk):
    publication = desk.publication(desk.polls.by_name["season"])
    return [parse_leaf(entry) for entry in read_entries(publication.size, publication.fetch)]


def test_settle_publishes_half_of_a_cell_in_ascending_hashes(desk, season):
    [paper, *ballots] = published(desk)
    assert (paper.id, len(ballots)) == (season.paper.id, 10)
    hashes = [leaf_hash(ballot.encode()) for ballot in ballots]
    assert hashes == sorted(hashes)
    [(waiting,)] = desk.database.rows("SELECT count(*) FROM waiting")
    [(lowest,)] = desk.database.rows("SELECT hash FROM waiting ORDER BY hash LIMIT 1")
    assert (waiting, lowest > hashes[-1]) == (10, True)


def test_settle_waits_for_twice_k_keys(desk):
    poll = make_poll("season", "box.example")
    control.create_poll(desk, poll.creation())
    control.open_casting(desk, "season", {"paper": "*"})
    vote(desk, poll, 19)
    desk.settle()
    assert len(published(desk)) == 1
    vote(desk, poll, 1)
    desk.settle()
    assert len(published(desk)) == 11


def test_settle_waits_for_the_close_below_500_voters(desk):
    poll = make_poll("season", "box.example", roll_size=499)
    control.create_poll(desk, poll.creation())
    control.open_casting(desk, "season", {"paper": "*"})
    vote(desk, poll, 25)
    desk.settle()
    assert len(published(desk)) == 1
    control.close_poll(desk, "season", {})
    hashes = [leaf_hash(leaf.encode()) for leaf in published(desk) if isinstance(leaf, Ballot)]
    assert (len(hashes), hashes) == (25, sorted(hashes))


def test_files_are_made_again_with_the_same_bytes(desk, season):
    vote(desk, season, 300)
    desk.settle()
    control.close_poll(desk, "season", {})
    publication = desk.publication(desk.polls.by_name["season"])
    before = read(publication.folder)
    shutil.rmtree(publication.folder)
    publication.publish(desk.database)
    again = read(publication.folder)
    assert {name: data for name, data in before.items() if ".p/" not in name} == {
        name: data for name, data in again.items() if ".p/" not in name
    }
    assert set(again) <= set(before)  # partial tiles of earlier sizes may stay


@pytest.mark.parametrize("damage", ["no checkpoint", "old checkpoint", "empty checkpoint", "half a tile"])
def test_files_are_mended_after_a_crash(desk, season, damage):
    publication = desk.publication(desk.polls.by_name["season"])
    old = publication.checkpoint
    vote(desk, season, 30)
    desk.settle()
    whole = read(publication.folder)
    checkpoint = publication.folder / "checkpoint"
    if damage == "no checkpoint":
        checkpoint.unlink()
    elif damage == "old checkpoint":
        checkpoint.write_bytes(old)
    else:
        checkpoint.write_bytes(b"" if damage == "empty checkpoint" else old)
    if damage == "half a tile":
        for name in ("31", ".31.part"):
            (publication.folder / "tile/0/000.p" / name).write_bytes(b"x")
    publication.publish(desk.database)
    assert read(publication.folder) == whole


def test_proof_of_a_counted_ballot(box, poll):
    ballot, o = poll.voter().ballot()
    assert box.cast(body(ballot, o)).status == 200
    path = f"/{poll.name}/proof/{b64u(leaf_hash(ballot.encode()))}"
    assert key_of(box.ask("GET", path)) == "not-yet"
    box.act("POST", f"/{poll.name}/close", {})
    proof = TlogProof.parse(box.ask("GET", path).body)
    key = box.verifiers[poll.name]
    verified = verify_proof(proof, leaf=leaf_hash(ballot.encode()), origin=key.name, log_key=key)
    assert (proof.index, verified.size) == (2, 3)


def test_log_is_read_over_http_and_as_a_bundle(box, poll):
    for voter in poll.voters(3):
        assert box.cast(voter.request()).status == 200
    box.act("POST", f"/{poll.name}/close", {})

    def fetch(path):
        answer = box.ask("GET", f"/{poll.name}/{path}")
        assert answer.status == 200, path
        assert answer.headers["access-control-allow-origin"] == "*"
        return answer.body

    key = box.verifiers[poll.name]
    assert Policy.parse(fetch("policy").decode()).open_checkpoint(fetch("checkpoint")).origin == key.name
    size = open_checkpoint(fetch("checkpoint"), origin=key.name, log_key=key).size
    entries = list(read_entries(size, fetch))
    assert [type(parse_leaf(entry)).__name__ for entry in entries] == [
        "Paper",
        "Paper",
        "Ballot",
        "Ballot",
        "Ballot",
    ]
    slips = f"slips/{b64u(list_root(poll.slip_hashes))}"
    assert fetch(slips) == b"".join(poll.slip_hashes)
    with zipfile.ZipFile(BytesIO(fetch("bundle.zip"))) as bundle:
        names = ["checkpoint", "policy", slips, "tile/0/000.p/5", "tile/entries/000.p/5"]
        assert bundle.namelist() == names
        assert {name: bundle.read(name) for name in names} == {name: fetch(name) for name in names}


@pytest.mark.parametrize(
    "path",
    ["", ".lock", "../box.sqlite3", "..%2f..%2fkeys/box.key", "tile/0/0", "tile/0/000.p/256", "slips/x", "checkpoint/",
     "bundle.part", "tile/../checkpoint", "proof/x"],
)  # fmt: skip
def test_log_gives_nothing_but_its_files(box, poll, path):
    assert box.ask("GET", f"/{poll.name}/{path}").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/booth/../keys/box.key",
        "/booth/nothing.js",
        "/verify/nothing.js",
        "/booth/.hidden.js",
        "/keys/box.key",
    ],
)
def test_booth_gives_nothing_but_its_page(box, path):
    assert box.ask("GET", path).status == 404
