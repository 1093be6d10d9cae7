"""The other registrar of a poll, as far as its files go: made with the kernel, with keys of its own."""

import os
from dataclasses import replace
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from folkmoot_kernel.es256 import point_of
from folkmoot_kernel.leaves import IssuedBy, IssuedPart, list_root
from folkmoot_kernel.notes import ED25519, SigningKey
from folkmoot_kernel.papers import Calendar, Paper, Part, Stratum, TokenChannel
from folkmoot_kernel.scales import RATING, Scale

from folkmoot.ballots.handover import (
    NO_KEY,
    NO_POINT,
    NO_SIGNER,
    SOME_MOMENT,
    OfferedKeys,
    OpenedPapers,
    SetUp,
    keys_needed,
)
from folkmoot.ballots.models import TokenKey
from tests.factories.ballots import GRADES, new_key

ORGANISER, SECOND = "organiser.example", "committee.example"
SIGNER = Ed25519PrivateKey.from_private_bytes(sha256(b"signer").digest())


def made_setup(second: str, *, code: str = "elsewhere", papers: int = 1, **changes: Any) -> SetUp:
    """What another place hands over: residents vote online, members and leaders together."""
    words = {"en": "Residents", "zh-Hans": "群众"}
    channel = TokenChannel((NO_KEY, NO_KEY), NO_POINT)
    strata = (
        Stratum("residents", words, (Part("residents", words),), channel),
        Stratum(
            "members", words, (Part("members", words, is_ordinary=False), Part("leaders", words, is_ordinary=False)),
            channel, hand=True,
        ),
        Stratum("guests", words, (Part("guests", words, is_ordinary=False),), hand=True),
    )  # fmt: skip
    made = [
        Paper(
            poll=code, question={"en": f"How is road {number}?", "zh-Hans": f"{number}号路怎么样？"},
            scale=Scale(RATING, tuple(GRADES)), calendar=Calendar(SOME_MOMENT, 0, 0), k=5, box="box.example",
            registrars=(ORGANISER, second), strata=strata, eligibility=words, registrar_keys=(NO_SIGNER,),
        )
        for number in range(1, papers + 1)
    ]  # fmt: skip
    changed = tuple(replace(paper, **changes) for paper in made)
    return SetUp(
        f"https://{changed[0].registrars[0]}", {"en": "Spring appraisal", "zh-Hans": "春季评议"}, changed
    )


def made_keys(setup: bytes, pool: list[TokenKey]) -> OfferedKeys:
    """What a second registrar answers to a set-up."""
    places = keys_needed(SetUp.decode(setup).papers)
    keys = {place: bytes(key.public) for place, key in zip(places, pool, strict=False)}
    return OfferedKeys(sha256(setup).digest(), SIGNER.public_key().public_bytes_raw(), keys)


def opened_papers(setup: SetUp, offered: OfferedKeys, own: bytes, **changes: Any) -> OpenedPapers:
    """The papers as the organiser's log has them. Shapes: `own` one token key of the organiser for all of them."""
    papers = []
    for place, paper in enumerate(setup.papers, 1):
        strata = tuple(
            replace(
                stratum,
                token=TokenChannel((own, offered.keys[place, stratum.id]), point_of(new_key().public_key())),
            )
            if stratum.token else stratum
            for stratum in paper.strata
        )  # fmt: skip
        calendar = replace(paper.calendar, opens=1_795_000_000)
        opened = replace(paper, strata=strata, calendar=calendar, registrar_keys=(offered.signer,))
        papers.append(replace(opened, **changes))
    log = SigningKey(f"{papers[0].box}/{papers[0].poll}", ED25519, os.urandom(32))
    return OpenedPapers(log.verifier.vkey, tuple(papers))


def signed_numbers(papers: list[Paper], tokens: int, *, roll: int = 50, **changes: Any) -> list[IssuedBy]:
    """What the second registrar says to have issued of each paper to each part."""
    return [
        replace(
            IssuedBy(
                paper.id, paper.registrars[1],
                tuple(IssuedPart(part.id, roll, tokens, list_root([])) for part in paper.parts),
            ),
            **changes,
        ).signed(SIGNER)
        for paper in papers
    ]  # fmt: skip
