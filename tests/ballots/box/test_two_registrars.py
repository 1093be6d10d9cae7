"""A poll of two registrars at the box: each ballot holds a token of both, and both say what they issued."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.es256 import point_of
from folkmoot_kernel.leaves import IssuedBy
from folkmoot_kernel.papers import Paper
from folkmoot_kernel.tokens import Token, TokenChallenge, TokenKey, ask_token, voter_nonce
from folkmoot_kernel.tokens.issuing import Issuer

from tests.ballots.box.conftest import new_poll
from tests.ballots.box.test_cast import key_of
from tests.ballots.box.test_control import append, closed_leaf, why
from tests.ballots.box.voters import TestPoll, Voter, rsa_key

SECOND, SECOND_KEY = "committee.example", Ed25519PrivateKey.generate()


def of_two(paper: Paper) -> Paper:
    """The same paper, with a second registrar whose token keys are its own."""
    strata = tuple(
        replace(each, token=replace(each.token, keys=(*each.token.keys, key_of_second(each.id).spki)))
        for each in paper.strata
    )
    own = (SECOND_KEY.public_key().public_bytes_raw(),)
    return replace(paper, strata=strata, registrars=(*paper.registrars, SECOND), registrar_keys=own)


def key_of_second(stratum: str) -> TokenKey:
    return TokenKey.of(rsa_key(f"{stratum} of the second").public_key())


def token_of_second(voter: Voter) -> bytes:
    issuer = Issuer(rsa_key(f"{voter.stratum} of the second"), chance=lambda count: bytes([7]) * count)
    challenge = TokenChallenge(SECOND, voter.paper.id, voter.paper.box)
    nonce = voter_nonce(point_of(voter.key.public_key()))
    asked = ask_token(issuer.key, challenge, nonce, salt=bytes(48), factor=12_345)
    token: Token = asked.finalize(issuer.answer(asked.request))
    return token.encode()


@pytest.fixture
def poll_of_two(box) -> TestPoll:
    poll = new_poll(box.host)
    poll.papers = [of_two(paper) for paper in poll.papers]
    return box.begin(poll)


def test_cast_takes_a_token_of_each_registrar_in_their_order(box, poll_of_two):
    voter = poll_of_two.voter()
    (own,), second = voter.creds, token_of_second(voter)
    for creds in ((own,), (second,), (own, own), (second, own), (own, second, second)):
        assert key_of(box.cast(replace(voter, creds=creds).request())) == "refused"
    assert box.cast(replace(voter, creds=(own, second)).request()).status == 200


def test_close_leaf_waits_for_the_numbers_of_both_registrars(box, poll_of_two):
    poll = poll_of_two
    issued = poll.issued()
    by = IssuedBy(poll.paper.id, SECOND, issued.parts).signed(SECOND_KEY)
    box.act("POST", f"/{poll.name}/close", {})
    missing = "the log does not yet say how many papers were taken"
    assert why(append(box, poll, issued, closed_leaf(poll))) == missing
    assert append(box, poll, issued).status == 200
    assert why(append(box, poll, closed_leaf(poll))) == missing
    stranger = replace(by, registrar="stranger.example")
    assert why(append(box, poll, stranger)) == "the paper has no such registrar"
    named_first = replace(by, registrar=poll.paper.registrars[0])
    assert why(append(box, poll, named_first)) == "the paper has no such registrar"
    for _ in range(2):
        assert append(box, poll, by).status == 200
    assert why(append(box, poll, replace(by, sig=bytes(64)))) == "papers were counted before"
    turnout = box.act("GET", f"/{poll.name}/turnout")
    assert list(turnout) == [b64u(poll.paper.id)]
    assert append(box, poll, closed_leaf(poll)).status == 200
