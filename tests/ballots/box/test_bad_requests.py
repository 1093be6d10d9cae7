"""Whatever comes to the box's public door: a problem in words, nothing stored, and the box goes on."""

import json
import random

import pytest

from tests.ballots.box.test_cast import accepted, key_of

NESTED = b"[" * 3_000 + b"]" * 3_000
BODIES = [
    b"", b"{", b"null", b"[]", b'"x"', b"1e999", b"{}", b'{"leaf":{},"o":""}', b'{"leaf":null,"o":null}', b"\xff\xfe",
    b'{"leaf":{"seq":1e400}}', NESTED, b'{"leaf":' + NESTED + b',"o":""}', b'{"c":1,"r":2,"a":3}', b'{"c":"","r":"","a":""}',
    b'{"c":"\\ud800","r":"x","a":"x"}', b'{"c":"' + b"A" * 43 + b'"}', b'{"c":{},"r":[],"a":null}', b"9" * 5_000,
]  # fmt: skip
JUNK = [
    "%00",
    "%ff",
    "..%2f..%2fkeys",
    "a" * 3_000,
    "%C3%A9",
    "AAAA",
    "A" * 43,
    "%F0%9F%97%B3",
    "tile/0/999",
    "tile/-1/000",
    "_",
]


@pytest.mark.parametrize("door", ["/cast", "/{poll}/objection", "/nobody/objection"])
def test_box_answers_every_bad_body_in_words(box, poll, door):
    path = door.format(poll=poll.name)
    for data in BODIES:
        answer = box.ask("POST", path, data)
        assert 400 <= answer.status < 500, (path, data[:40], answer.status)
        key_of(answer)
    assert box.cast(poll.voter().request()).status == 200
    assert accepted(box, poll)["residents"] == {"token": 1, "slip": 0}


def test_box_answers_every_changed_ballot_in_words_and_stores_none(box, poll):
    chance, good = random.Random(3), poll.voter().request()
    for _ in range(150):
        changed = bytearray(good)
        for _ in range(chance.randint(1, 3)):
            changed[chance.randrange(len(changed))] = chance.choice(b'"{}[]:,\\0aZ\x00\xff')
        if bytes(changed) != good:
            assert key_of(box.cast(bytes(changed))) in ("malformed", "refused")
    assert accepted(box, poll)["residents"] == {"token": 0, "slip": 0}


@pytest.mark.parametrize("junk", JUNK)
def test_box_answers_every_bad_address_in_words(box, poll, junk):
    for path in (
        f"/{junk}/checkpoint",
        f"/{poll.name}/proof/{junk}",
        f"/{poll.name}/slips/{junk}",
        f"/{poll.name}/{junk}",
    ):
        answer = box.ask("GET", path)
        assert (answer.status, key_of(answer)) in ((404, "not-found"), (404, "not-yet")), path


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "FOO"])
def test_box_knows_no_other_method(box, poll, method):
    for path in ("/cast", f"/{poll.name}/checkpoint", "/booth/"):
        assert 400 <= box.ask(method, path, json.dumps({}).encode()).status < 500
