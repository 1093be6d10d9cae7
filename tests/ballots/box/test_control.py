"""The registrar's door, on both databases."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.leaves import (
    Broken,
    Close,
    CloseCell,
    ClosePart,
    Opening,
    Result,
    Spoiled,
    Tally,
    Void,
    slip_hash,
)
from folkmoot_kernel.notes import VerifierKey, open_checkpoint
from folkmoot_kernel.papers import Calendar
from folkmoot_kernel.sealing import commitment

from tests.ballots.box.conftest import new_poll
from tests.ballots.box.test_cast import accepted, key_of
from tests.ballots.box.voters import body, make_poll


def append(box, poll, *leaves):
    return box.control("POST", f"/{poll.name}/append", {"leaves": [b64u(leaf.encode()) for leaf in leaves]})


def why(answer):
    assert answer.status == 409
    return answer.json["title"].removeprefix("The box cannot do this now: ").removesuffix(".")


def size(box, poll):
    key = box.verifiers[poll.name]
    note = box.ask("GET", f"/{poll.name}/checkpoint").body
    return open_checkpoint(note, origin=key.name, log_key=key).size


@pytest.mark.parametrize("secret", ["", "Bearer", "Bearer wrong", "Basic eDp4", "Bearer ü"])
def test_control_is_for_the_registrar_alone(box, secret):
    answer = box.ask("GET", "/control/polls/x/turnout", authorization=secret.encode())
    assert (answer.status, key_of(answer)) == (401, "no-control")


def test_create_poll_begins_a_log_and_answers_the_same_again(box):
    poll = new_poll(box.host, papers=2, slips=3)
    made = box.act("POST", "", poll.creation())
    key = VerifierKey.parse(made["verifier_key"])
    assert made["origin"] == key.name == f"{box.host}/{poll.name}"
    assert open_checkpoint(made["checkpoint"].encode(), origin=key.name, log_key=key).size == 2
    assert box.act("POST", "", poll.creation()) == made
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: box.act("POST", "", poll.creation()), range(4))) == [made] * 4


def test_create_poll_refuses_another_poll_of_the_same_name(box):
    poll = new_poll(box.host)
    box.act("POST", "", poll.creation())
    other = make_poll(poll.name, box.host, k=11)
    assert why(box.control("POST", "", other.creation())) == "there is another poll of this name"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"papers": []}, "its papers are not of this poll"),
        ({"poll": "another"}, "its papers are not of this poll"),
        ({"slips": {}}, "the lists of slips are not those of its papers"),
    ],
)
def test_create_poll_refuses_what_does_not_fit(box, change, reason):
    poll = new_poll(box.host, slips=3)
    assert why(box.control("POST", "", poll.creation() | change)) == reason


def test_create_poll_refuses_papers_of_another_box(box):
    poll = new_poll("box.elsewhere")
    assert why(box.control("POST", "", poll.creation())) == f"its papers name another box than {box.host}"


@pytest.mark.parametrize(
    "given", [None, [], {}, {"poll": 1}, {"poll": "x", "papers": ["%"], "slips": {}, "roll_size": 1}]
)
def test_create_poll_refuses_what_is_malformed(box, given):
    answer = box.control("POST", "", given)
    assert (answer.status, key_of(answer)) == (400, "malformed")


@pytest.mark.parametrize("path", ["/nobody/turnout", "/nobody/envelopes?paper=&stratum=&channel="])
def test_acts_on_an_unknown_poll_find_nothing(box, path):
    assert key_of(box.control("GET", path)) == "not-found"


def test_open_casting_waits_for_the_issued_leaf_of_two_phases(box, begin):
    poll = begin(calendar=Calendar(opens=1, casts=2, closes=0), opened=False)
    path = f"/{poll.name}/casting"
    assert (
        why(box.control("POST", path, {"paper": "*"}))
        == "the log does not yet say how many papers were taken"
    )
    assert append(box, poll, poll.issued()).status == 200
    for _ in range(2):
        box.act("POST", path, {"paper": b64u(poll.paper.id)})
    assert box.cast(poll.voter().request()).status == 200


def test_open_casting_opens_one_paper_alone(box, begin):
    poll = begin(papers=2, opened=False)
    box.act("POST", f"/{poll.name}/casting", {"paper": b64u(poll.papers[1].id)})
    assert key_of(box.cast(poll.voter().request())) == "not-open"
    assert box.cast(poll.voter(paper=poll.papers[1]).request()).status == 200


def closed_leaf(poll):
    cells = (CloseCell("residents", "token", 1, 1), CloseCell("members", "token", 0, 0))
    return Close(poll.paper.id, cells, (ClosePart("residents", 0, 0), ClosePart("members", 0, 0)))


def test_append_leaves_holds_each_leaf_to_its_place(box, begin):
    poll, stranger = begin(slips=2), begin()
    ballot, o = poll.voter().ballot()
    assert box.cast(body(ballot, o)).status == 200
    opening, spoiled = Opening(ballot.c, bytes(32), b"[1]"), Spoiled(ballot.c, o)
    result = Result(poll.paper.id, (), Tally(0, (0, 0, 0, 0)))
    void = Void(poll.paper.id, "residents", (min(poll.slip_hashes),))
    assert why(append(box, poll, closed_leaf(poll))) == "the box is not closed"
    assert why(append(box, poll, opening)) == "no ballot in the log has this commitment"
    accepted(box, poll)
    assert why(append(box, poll, closed_leaf(poll))) == "the log does not yet say how many papers were taken"
    assert append(box, poll, poll.issued()).status == 200
    assert append(box, poll, poll.issued()).status == 200
    assert why(append(box, poll, stranger.issued())) == "the leaf is of another poll"
    assert why(append(box, poll, Broken(stranger.name, "x"))) == "the leaf is of another poll"
    for leaf in (stranger.paper, poll.voter().ballot()[0]):
        assert why(append(box, poll, leaf)) == "papers and ballots do not come by this door"
    assert why(append(box, poll, opening)) == "openings follow close and precede the result"
    assert why(append(box, poll, result)) == "a result follows the close leaf, once"
    before = size(box, poll)
    assert why(append(box, poll, void, result)) == "a result follows the close leaf, once"
    assert size(box, poll) == before
    for _ in range(2):
        assert append(box, poll, void, closed_leaf(poll), spoiled, opening, result).status == 200
        assert size(box, poll) == before + 5
    assert (
        why(append(box, poll, Opening(ballot.c, bytes(32), b"[2]")))
        == "openings follow close and precede the result"
    )


def test_append_leaves_refuses_what_is_no_leaf(box, poll):
    answer = box.control("POST", f"/{poll.name}/append", {"leaves": [b64u(b'{"type":"x"}')]})
    assert (answer.status, key_of(answer)) == (400, "malformed")


def test_a_broken_poll_takes_no_ballot(box, poll):
    assert append(box, poll, Broken(poll.name, "The box was restored from a backup.")).status == 200
    assert key_of(box.cast(poll.voter().request())) == "closed"


def test_void_slips_refuses_what_was_not_printed(box, poll):
    given = {"paper": b64u(poll.paper.id), "stratum": "residents", "hashes": [b64u(slip_hash(b"x"))]}
    assert why(box.control("POST", f"/{poll.name}/void", given)) == "a slip was not printed for this paper"


def test_turnout_moves_in_steps_of_k(box, poll):
    found = []
    for _ in range(2):
        for voter in poll.voters(6):
            assert box.cast(voter.request()).status == 200
        found.append(box.act("GET", f"/{poll.name}/turnout")[b64u(poll.paper.id)]["residents"]["token"])
    assert found == [0, 10]


def test_envelopes_come_after_the_close_ascending(box, poll):
    ballots = [voter.ballot() for voter in poll.voters(7)]
    for ballot, o in ballots:
        assert box.cast(body(ballot, o)).status == 200
    path = f"/{poll.name}/envelopes?paper={b64u(poll.paper.id)}&stratum=residents&channel=token"
    assert why(box.control("GET", path)) == "the poll is not closed"
    accepted(box, poll)
    expected = [
        {"c": b64u(ballot.c), "pk": b64u(ballot.pk), "seq": 1, "o": b64u(o)}
        for ballot, o in sorted(ballots, key=lambda each: each[0].c)
    ]
    assert box.act("GET", path) == {"envelopes": expected, "next": ""}
    rest = box.act("GET", f"{path}&after={expected[2]['c']}")
    assert rest == {"envelopes": expected[3:], "next": ""}


def test_objection_is_kept_when_it_opens_the_ballot(box, poll):
    voter = poll.voter()
    c = commitment(voter.pk, voter.opening)
    assert box.cast(voter.request(c=c)).status == 200

    def hand_in(answer):
        given = {"c": b64u(c), "r": b64u(voter.opening.random), "a": b64u(answer)}
        return box.ask("POST", f"/{poll.name}/objection", json.dumps(given).encode())

    assert key_of(hand_in(b"[1]")) == "objection-refused"
    accepted(box, poll)
    assert key_of(hand_in(b"[2]")) == "objection-refused"
    assert [hand_in(b"[1]").status for _ in range(2)] == [200, 200]
    [kept] = box.act("GET", f"/{poll.name}/objections")["objections"]
    assert kept == {"c": b64u(c), "r": b64u(voter.opening.random), "a": b64u(b"[1]")}
