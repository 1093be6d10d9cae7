"""POST /cast as a booth sees it, on both databases."""

import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256

import pytest
from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.es256 import ORDER
from folkmoot_kernel.leaves import slip_hash
from folkmoot_kernel.merkle import leaf_hash
from folkmoot_kernel.papers import Calendar
from folkmoot_kernel.promises import KeptPromise, verify_promise

from tests.ballots.box.voters import body, new_key, rsa_key, token

REFUSED = {
    "type": "urn:folkmoot:box:refused",
    "title": "This ballot does not count here: its paper, its code or its signature does not fit.",
    "status": 403,
}


def key_of(answer):
    """The key of a problem; its status is said twice."""
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json
    assert set(found) == {"type", "title", "status"}
    assert found["status"] == answer.status
    return found["type"].removeprefix("urn:folkmoot:box:")


def accepted(box, poll):
    """How many keys each cell has, after closing."""
    return box.act("POST", f"/{poll.name}/close", {})[b64u(poll.paper.id)]


def test_cast_answers_with_a_promise_for_this_ballot(box, poll):
    before = int(time.time())
    ballot, o = poll.voter().ballot()
    answer = box.cast(body(ballot, o))
    kept = KeptPromise.decode(answer.body)
    promise = verify_promise(kept, box_key=box.verifiers[poll.name])
    assert answer.status == 200
    assert kept.leaf == leaf_hash(ballot.encode())
    assert (promise.origin, promise.size) == (f"{box.host}/{poll.name}", 1)
    assert before + 7 * 86_400 <= promise.deadline <= int(time.time()) + 7 * 86_400
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "set-cookie" not in answer.headers


def test_cast_accepts_a_slip_once(box, poll):
    voter = poll.slip_voter()
    first = voter.request()
    assert box.cast(first).status == 200
    assert box.cast(first).status == 200
    assert key_of(box.cast(voter.request())) == "lower-seq"
    assert key_of(box.cast(voter.request(seq=2))) == "refused"


def test_cast_again_keeps_one_ballot_and_promises_again(box, poll):
    request = poll.voter().request()
    leaves = {KeptPromise.decode(box.cast(request).body).leaf for _ in range(3)}
    assert len(leaves) == 1
    assert accepted(box, poll)["residents"] == {"token": 1, "slip": 0}


def test_cast_with_a_higher_seq_replaces(box, poll):
    voter = poll.voter()
    assert [box.cast(voter.request(seq)).status for seq in (1, 5, 6)] == [200] * 3
    assert [key_of(box.cast(voter.request(seq))) for seq in (1, 5, 6)] == ["lower-seq"] * 3
    assert accepted(box, poll)["residents"] == {"token": 1, "slip": 0}
    [envelope] = box.act(
        "GET", f"/{poll.name}/envelopes?paper={b64u(poll.paper.id)}&stratum=residents&channel=token"
    )["envelopes"]
    assert (envelope["pk"], envelope["seq"]) == (b64u(voter.pk), 6)


def high_s(ballot):
    r, s = ballot.sig[:32], ORDER - int.from_bytes(ballot.sig[32:], "big")
    return replace(ballot, sig=r + s.to_bytes(32, "big"))


def bad_credentials(poll):
    """Name and request of everything that is no credential for this paper."""
    other, voter = poll.papers[1], poll.voter()
    good, o = voter.ballot()
    yield "another paper's token", replace(voter, paper=other).request()
    yield "another stratum's token", replace(voter, stratum="members").request()
    yield "no such stratum", replace(voter, stratum="strangers").request()
    yield "an unknown paper", voter.request(paper=os.urandom(32))
    yield "another voter's token", replace(voter, key=new_key()).request()
    yield (
        "a token that nobody signed",
        replace(voter, creds=(good.creds[0][:98] + os.urandom(256),)).request(),
    )
    strange = token(rsa_key("strange"), poll.paper, voter.pk)
    yield "a token of a strange key", replace(voter, creds=(strange,)).request()
    yield "two tokens", replace(voter, creds=good.creds * 2).request()
    yield "a slip that was not printed", replace(voter, creds=()).request()
    yield "a slip in another stratum", replace(poll.slip_voter(1), stratum="members").request()
    yield "another's signature", body(good.signed(new_key()), o)
    yield "the upper s", body(high_s(good), o)
    yield "a changed ballot", body(replace(good, seq=2), o)
    yield "a key that is no point", body(replace(good, pk=b"\x04" + bytes(64)), o)
    yield "a sealed answer of another length", lengthened(voter)


def lengthened(voter):
    ballot, o = voter.ballot()
    return body(replace(ballot, oh=sha256(o + b"\0").digest()).signed(voter.key), o + b"\0")


def test_cast_gives_every_bad_credential_the_same_answer(box, poll):
    answers = {name: box.cast(request) for name, request in bad_credentials(poll)}
    assert len(answers) == 15
    assert {name: answer.json for name, answer in answers.items()} == dict.fromkeys(answers, REFUSED)
    assert len({answer.body for answer in answers.values()}) == 1
    assert accepted(box, poll) == {"residents": {"token": 0, "slip": 0}, "members": {"token": 0}}


def test_cast_refuses_a_key_in_a_second_cell(box, poll):
    voter = poll.voter()
    assert box.cast(voter.request()).status == 200
    other = token(rsa_key("residents"), poll.papers[1], voter.pk)
    second = replace(voter, paper=poll.papers[1], creds=(other,))
    assert box.cast(second.request(seq=2)).json == REFUSED


def test_cast_refuses_the_commitment_of_another_ballot(box, poll):
    theirs, o = poll.voter().ballot()
    assert box.cast(body(theirs, o)).status == 200
    assert box.cast(poll.voter().request(c=theirs.c)).json == REFUSED


def test_cast_refuses_a_voided_slip(box, poll):
    voter, drawn = poll.slip_voter(2), poll.slip_voter(3)
    assert box.cast(drawn.request()).status == 200
    hashes = [b64u(slip_hash(each.pk)) for each in (voter, drawn)]
    given = {"paper": b64u(poll.paper.id), "stratum": "residents", "hashes": hashes}
    for _ in range(2):
        assert box.act("POST", f"/{poll.name}/void", given) == {"voted": [hashes[1]]}
    assert box.cast(voter.request()).json == REFUSED
    assert accepted(box, poll)["residents"] == {"token": 0, "slip": 1}


@pytest.mark.parametrize("cut", [1, 2, 100, 1_000])
def test_cast_refuses_what_is_cut_off(box, poll, cut):
    answer = box.cast(poll.voter().request()[:-cut])
    assert (answer.status, key_of(answer)) == (400, "malformed")


def test_cast_refuses_what_is_too_long_unread(box):
    answer = box.cast(b"x" * 7_501)
    assert (answer.status, key_of(answer)) == (413, "too-long")


def test_cast_refuses_a_body_of_unknown_length(box):
    with socket.create_connection(("127.0.0.1", box.port), timeout=10) as connection:
        connection.sendall(
            b"POST /cast HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        )
        assert connection.recv(12) == b"HTTP/1.1 400"


def test_cast_is_not_open_before_the_word(box, begin):
    poll = begin()
    waiting = begin(calendar=Calendar(opens=1, casts=int(time.time()) + 3_600, closes=0), opened=False)
    answer = box.cast(waiting.voter().request())
    assert (answer.status, key_of(answer)) == (409, "not-open")
    assert box.cast(poll.voter().request()).status == 200


def test_cast_ends_at_the_closing_time_mid_vote(box, begin):
    """Ballots arrive before, at and after the closing second: each is promised and in the log, or refused."""
    closes = int(time.time()) + 4
    poll = begin(calendar=Calendar(opens=1, casts=1, closes=closes))
    answers = []
    while time.time() < closes + 0.1 or len(answers) < 2:
        answers.append(box.cast(poll.voter().request()))
    answers.append(box.cast(poll.voter().request()))
    statuses = [answer.status for answer in answers]
    assert statuses == sorted(statuses)
    assert set(statuses) == {200, 409}
    assert {key_of(answer) for answer in answers if answer.status == 409} == {"closed"}
    kept = [KeptPromise.decode(answer.body) for answer in answers if answer.status == 200]
    assert {verify_promise(each, box_key=box.verifiers[poll.name]).deadline for each in kept} == {
        closes + 3_600
    }
    assert accepted(box, poll)["residents"]["token"] == len(kept)
    for each in kept:
        assert box.ask("GET", f"/{poll.name}/proof/{b64u(each.leaf)}").status == 200


def test_cast_is_closed_for_both_of_two_closes_at_once(box, poll):
    requests = [voter.request() for voter in poll.voters(40)]
    with ThreadPoolExecutor(8) as pool:
        casting = [pool.submit(box.cast, request) for request in requests]
        closing_ = [pool.submit(box.act, "POST", f"/{poll.name}/close", {}) for _ in range(2)]
        promised = sum(each.result().status == 200 for each in casting)
        first, second = (each.result() for each in closing_)
    assert first == second
    assert first[b64u(poll.paper.id)]["residents"]["token"] == promised
    assert key_of(box.cast(poll.voter().request())) == "closed"
    assert box.cast(requests[0]).status in (200, 409)


@pytest.mark.parametrize(
    ("accepts", "language", "title"),
    [
        ("", "en", "There is nothing here."),
        ("de, en;q=0.5, zh;q=0.4", "en", "There is nothing here."),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans", "这里没有内容。"),
        ("en;q=0.2, zh-Hans", "zh-Hans", "这里没有内容。"),
        ("*;q=x", "en", "There is nothing here."),
    ],
)
def test_problems_speak_the_readers_language(box, accepts, language, title):
    answer = box.ask("GET", "/cast", accept_language=accepts)
    assert (answer.status, answer.headers["content-language"], answer.json["title"]) == (404, language, title)


def test_box_writes_no_line_per_request(box, poll):
    before = box.log
    box.cast(poll.voter().request())
    box.cast(b"{}")
    box.ask("GET", f"/{poll.name}/checkpoint")
    box.ask("GET", "/nowhere")
    assert box.log == before == ""


def test_preflight_lets_a_booth_from_elsewhere_cast(box):
    answer = box.ask("OPTIONS", "/cast", origin="https://observer.example")
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "content-type"
    assert "access-control-allow-credentials" not in answer.headers
