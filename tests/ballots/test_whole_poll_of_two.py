"""One whole poll of two registrars, each an installation of its own: from the set-up to a log that verifies."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

import pytest
from django.test import Client
from folkmoot_kernel.encoding import b64u, unb64u
from folkmoot_kernel.es256 import point_of
from folkmoot_kernel.papers import Paper as PaperLeaf
from folkmoot_kernel.sampling import random_below
from folkmoot_kernel.tokens import SALT_BYTES, AskedToken, TokenChallenge, TokenKey, TokenResponse, ask_token
from folkmoot_kernel.tokens.structures import voter_nonce
from folkmoot_kernel.verify import Bundle, Evidence, read_policy, verify_poll

from folkmoot.ballots import queries, services
from folkmoot.ballots.handover import fingerprint
from folkmoot.base.errors import Refused
from tests.ballots.box.running import RunningBox
from tests.factories.ballots import VoterKey, Voting, new_key
from tests.second_place import SecondPlace

Ask = Callable[[str, Any], Any]
VOTERS, SECOND_VOTERS = 12, 14


def chance(count: int) -> bytes:
    return new_key().private_numbers().private_value.to_bytes(32, "big")[:count].ljust(count, b"\1")


def asked_of(leaf: PaperLeaf, place: int, pk: bytes) -> AskedToken:
    stratum = leaf.stratum("residents")
    assert stratum is not None
    assert stratum.token is not None
    key = TokenKey(stratum.token.keys[place])
    challenge = TokenChallenge(leaf.registrars[place], leaf.id, leaf.box)
    factor = random_below(
        key.modulus, lambda count: b"".join(chance(32) for _ in range(-(-count // 32)))[:count]
    )
    return ask_token(key, challenge, voter_nonce(pk), salt=bytes(SALT_BYTES), factor=factor)


def of_organiser(code: str) -> Ask:
    def ask(path: str, body: Any) -> Any:
        headers = {"Authorization": f"Claim {code}"}
        return Client().post(path, json.dumps(body), content_type="application/json", headers=headers).json()

    return ask


def of_second(place: SecondPlace, code: str) -> Ask:
    def ask(path: str, body: Any) -> Any:
        headers = {"Authorization": f"Claim {code}", "Content-Type": "application/json"}
        with urlopen(Request(place.url + path, json.dumps(body).encode(), headers)) as answer:
            return json.load(answer)

    return ask


def credential(registrars: list[Ask]) -> VoterKey:
    """What the booth does: one key, one token of each registrar, which show the same papers."""
    offers = [ask("/papers/", {})["papers"] for ask in registrars]
    assert [[each["leaf"] for each in papers] for papers in offers] == [[offers[0][0]["leaf"]]] * 2
    leaf, key = PaperLeaf.decode(unb64u(offers[0][0]["leaf"])), new_key()
    creds = []
    for place, ask in enumerate(registrars):
        asked = asked_of(leaf, place, point_of(key.public_key()))
        row = {"paper": b64u(leaf.id), "stratum": "residents", "request": b64u(asked.request.encode())}
        (answer,) = ask("/papers/batch/", {"requests": [row]})["responses"]
        assert ask("/papers/batch/", {"requests": [row]})["responses"] == [
            answer
        ]  # the line broke: the same again
        creds.append(asked.finalize(TokenResponse.parse(unb64u(answer))).encode())
    return VoterKey(leaf, "residents", key, tuple(creds))


@pytest.fixture
def agreed(voting, pool, ballot_box: RunningBox, committee: SecondPlace) -> Voting:
    """Opened by the organiser, with the committee as second registrar, which has two people more on its roll."""
    made: Voting = voting({"residents": VOTERS}, objection_hours=0)
    made.name_second(host=committee.host)
    setup = queries.handed_over(made.reload(), "setup")
    code = committee.ask("agree", file=base64.b64encode(setup).decode())
    assert code == made.poll.code
    assert fingerprint(committee.file("handed", poll=code, name="setup")) == fingerprint(setup)
    committee.ask("fill", poll=code, stratum="residents", count=SECOND_VOTERS)
    committee.ask("pool", count=1)
    assert committee.ask("act", poll=code, name="offer_keys") == "draft"
    made.accept_keys(file=committee.file("handed", poll=code, name="keys"))
    made.open_poll()
    papers = base64.b64encode(queries.handed_over(made.reload(), "papers")).decode()
    assert committee.ask("act", poll=code, name="accept_papers", file=papers) == "taking"
    return made


def test_whole_poll_of_two_registrars_verifies(
    agreed: Voting, ballot_box: RunningBox, committee: SecondPlace, tmp_path
) -> None:
    code = agreed.poll.code
    voters = []
    for nth, entry in enumerate(agreed.entries("residents")[:10]):
        own = of_organiser(services.issue_claim(actor=agreed.chair, entry=entry))
        other = of_second(committee, committee.ask("claim", poll=code, stratum="residents", nth=nth))
        voters.append(credential([own, other]))
    agreed.open_casting()
    committee.ask("act", poll=code, name="close_issuing")
    agreed.accept_numbers(file=committee.file("handed", poll=code, name="numbers"))

    first, second = voters[0].creds
    for creds in ((first,), (second,), (first, first), (second, first)):
        alone = VoterKey(voters[0].leaf, "residents", voters[0].key, creds)
        assert ballot_box.cast(alone.request([0])).status == 403
    for number, voter in enumerate(voters[:9]):
        assert ballot_box.cast(voter.request([number % 2])).status == 200
    agreed.close_poll()
    agreed.publish_openings()
    agreed.publish_result()

    path = tmp_path / "bundle.zip"
    path.write_bytes(ballot_box.ask("GET", f"/{code}/bundle.zip").body)
    bundle = Bundle(path)
    report = verify_poll(Evidence(bundle.fetch, read_policy(bundle.fetch("policy"))), workers=1)
    assert report.keys <= {"poll.unwitnessed", "policy.included"}
    assert [(paper.accepted, paper.total.counts) for paper in report.papers] == [(9, (5, 4, 0))]
    assert committee.ask("act", poll=code, name="leave_poll") == "closed"


def test_poll_of_two_registrars_is_not_counted_without_the_numbers_of_the_second(agreed: Voting) -> None:
    agreed.open_casting()
    agreed.close_poll()
    with pytest.raises(Refused, match=r"numbers of .* are missing"):
        agreed.publish_openings()
