"""A whole poll through a running box, and what an outsider finds in its bundle."""

import os
from dataclasses import dataclass, replace
from hashlib import sha256

from folkmoot_kernel.encoding import b64u, unb64u
from folkmoot_kernel.hpke import RecipientKey
from folkmoot_kernel.leaves import (
    Close,
    CloseCell,
    ClosePart,
    Issued,
    IssuedPart,
    Opening,
    Result,
    ResultCell,
    Tally,
    Void,
    list_root,
    slip_hash,
)
from folkmoot_kernel.papers import Calendar
from folkmoot_kernel.sealing import Opening as Sealed
from folkmoot_kernel.sealing import commitment, seal_opening, unseal_opening
from folkmoot_kernel.verify import Bundle, Evidence, read_policy, verify_poll

from tests.ballots.box.voters import Voter, body, closing, closing_number

TOKENS, SLIPS, PRINTED = 45, 12, 15


@dataclass
class Booth:
    """Seals for real. What is sealed is opened by the closing key alone."""

    voter: Voter

    def request(self, choice: int, seq: int = 1) -> bytes:
        voter, scale = self.voter, self.voter.paper.scale
        opening = Sealed(os.urandom(32), scale.answer([choice]))
        c = commitment(voter.pk, opening)
        o = seal_opening(
            closing(voter.stratum, "token" if voter.creds else "slip"),
            opening,
            c=c,
            longest=scale.longest_answer_bytes,
            chance=os.urandom,
        )
        ballot, _ = voter.ballot(seq)
        return body(replace(ballot, c=c, oh=sha256(o).digest()).signed(voter.key), o)


def tally(choices):
    counts = tuple(choices.count(choice) for choice in range(4))
    return Tally(len(choices), counts)


def envelopes(box, poll, channel):
    found = box.act(
        "GET", f"/{poll.name}/envelopes?paper={b64u(poll.paper.id)}&stratum=residents&channel={channel}"
    )
    return {unb64u(row["c"]): unb64u(row["o"]) for row in found["envelopes"]}


def counted(box, poll, accepted, voids):
    """What the registrar appends after the close: void, close, openings, result."""
    paper, longest = poll.paper, poll.paper.scale.longest_answer_bytes
    keys = {each: closing_number("residents", each).to_bytes(32, "big") for each in ("token", "slip")}
    choices, openings = {}, []
    for channel in ("token", "slip"):
        opened = {
            c: unseal_opening(RecipientKey(keys[channel]), o, c=c, longest=longest)
            for c, o in envelopes(box, poll, channel).items()
        }
        choices[channel] = [paper.scale.choices(each.answer)[0] for each in opened.values()]
        openings += [Opening(c, each.random, each.answer) for c, each in opened.items()]
    cells = (
        CloseCell("residents", "token", TOKENS, accepted["token"], 0, keys["token"]),
        CloseCell("residents", "slip", SLIPS, accepted["slip"], len(voids), keys["slip"]),
    )
    result = Result(
        paper.id,
        tuple(ResultCell(("residents",), c, accepted[c], 0, tally(choices[c])) for c in ("token", "slip")),
        tally(choices["token"] + choices["slip"]),
    )
    parts = (ClosePart("residents", SLIPS, 0),)
    return [
        Void(paper.id, "residents", tuple(voids)),
        Close(paper.id, cells, parts),
        *sorted(openings, key=lambda opening: opening.c),
        result,
    ]


def test_a_whole_poll_is_right(box, begin, tmp_path):
    calendar = Calendar(opens=1, casts=2, closes=0)
    poll = begin(strata=("residents",), slips=PRINTED, calendar=calendar, opened=False)
    issued = Issued(poll.paper.id, (IssuedPart("residents", poll.roll_size, TOKENS, list_root([])),))
    box.act("POST", f"/{poll.name}/append", {"leaves": [b64u(issued.encode())]})
    box.act("POST", f"/{poll.name}/casting", {"paper": "*"})
    voters = [Booth(poll.voter()) for _ in range(TOKENS)] + [Booth(poll.slip_voter(n)) for n in range(SLIPS)]
    promises = {f"promises/{n}": box.cast(booth.request(n % 3)).body for n, booth in enumerate(voters)}
    promises |= {f"promises/again-{n}": box.cast(voters[n].request(3, seq=2)).body for n in range(5)}
    voids = sorted(slip_hash(poll.slip_voter(n).pk) for n in range(SLIPS, PRINTED))
    given = {"paper": b64u(poll.paper.id), "stratum": "residents", "hashes": [*map(b64u, voids)]}
    assert box.act("POST", f"/{poll.name}/void", given) == {"voted": []}
    accepted = box.act("POST", f"/{poll.name}/close", {})[b64u(poll.paper.id)]["residents"]
    assert accepted == {"token": TOKENS, "slip": SLIPS}
    leaves = [b64u(leaf.encode()) for leaf in counted(box, poll, accepted, voids)]
    box.act("POST", f"/{poll.name}/append", {"leaves": leaves})
    path = tmp_path / "poll.zip"
    path.write_bytes(box.ask("GET", f"/{poll.name}/bundle.zip").body)
    bundle = Bundle(path)
    report = verify_poll(Evidence(bundle.fetch, read_policy(bundle.fetch("policy")), promises=promises))
    bundle.close()
    assert [finding.said("en") for finding in report.findings if finding.is_fault] == []
    assert (report.is_right, report.is_final) == (True, True)
