"""Polls by the ordinary services, and voters as the booth would act: through the registrar's door and the box's."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from folkmoot_kernel.encoding import b64u, unb64u
from folkmoot_kernel.es256 import ORDER, point_of, private_key
from folkmoot_kernel.leaves import Ballot
from folkmoot_kernel.papers import Paper as PaperLeaf
from folkmoot_kernel.recovery import slip_scalar
from folkmoot_kernel.sampling import random_below
from folkmoot_kernel.sealing import Opening, commitment, seal_opening
from folkmoot_kernel.tokens import SALT_BYTES, AskedToken, TokenChallenge, TokenKey, TokenResponse, ask_token
from folkmoot_kernel.tokens.structures import voter_nonce
from PIL import Image

from folkmoot.areas.models import Area
from folkmoot.ballots import services
from folkmoot.ballots.models import Paper, Poll, RollEntry, Stratum
from folkmoot.base.actors import Actor
from folkmoot.people.models import Person
from tests.factories.people import AccountFactory, HouseholdFactory, HouseholdMemberFactory, PersonFactory

NUMBERS = count(1)
GRADES = [
    {"en": "Good", "zh-Hans": "好"},
    {"en": "Fairly good", "zh-Hans": "较好"},
    {"en": "Average", "zh-Hans": "一般"},
]
ALL_CHANNELS = {"has_tokens": True, "has_slips": True, "has_hand": True}


@dataclass
class Voting:
    """A poll on its way. `chair` organises it."""

    poll: Poll
    chair: Actor
    codes: dict[str, list[str]] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """`voting.open_poll()`: an act of the chair on the poll, as it is by now."""
        act = getattr(services, name)

        def do(**said: Any) -> Any:
            self.reload()
            return act(actor=self.chair, poll=self.poll, **said)

        return do

    def reload(self) -> Poll:
        self.poll = Poll.objects.select_related("area", "post").get(pk=self.poll.pk)
        return self.poll

    @property
    def paper(self) -> Paper:
        return Paper.objects.select_related("poll__area").get(poll=self.poll, order=1)

    @property
    def leaf(self) -> PaperLeaf:
        return PaperLeaf.decode(bytes(self.paper.leaf))

    def stratum(self, code: str) -> Stratum:
        return Stratum.objects.get(poll=self.poll, code=code)

    def entries(self, code: str) -> list[RollEntry]:
        rows = RollEntry.objects.filter(poll=self.poll, stratum__code=code)
        return list(rows.select_related("poll__area", "stratum__votes_in", "person").order_by("name"))

    def print_slips(self, chance: "RecordedChance", numbers: Mapping[str, int]) -> bytes:
        """Prints slips and remembers the codes, which only the paper has, by what chance gave."""
        self.reload()
        pdf = services.print_slips(actor=self.chair, poll=self.poll, numbers=numbers)
        drawn = iter(chance.codes)
        heads = [s for s in self.poll.strata.all() if s.code in numbers]
        self.codes = {head.code: [next(drawn) for _ in range(numbers[head.code])] for head in heads}
        return pdf


class RecordedChance:
    """Chance that can be asked afterwards what it gave: the codes of slips stand nowhere else."""

    def __init__(self) -> None:
        self.codes: list[str] = []

    def __call__(self, count: int) -> bytes:
        from folkmoot.ballots.slips import new_code

        data = os.urandom(count)
        self.codes.append(new_code(lambda _count: data))
        return data


def make_voting(
    area: Area, chair: Actor, roll: Mapping[str, int], *, joins: Mapping[str, str] | None = None,
    channels: Mapping[str, bool] | None = None, papers: int = 1, ordinary: Sequence[str] = ("residents",),
    scale: str = "rating", options: Sequence[Mapping[str, str]] = GRADES, k: int = 5, **fields: Any,
) -> Voting:  # fmt: skip
    """A draft with its papers, and so many names on the roll of each group."""
    poll = services.set_up_poll(
        actor=chair, area=area, code=f"poll-{next(NUMBERS)}-{os.getpid()}", name="Spring appraisal",
        name_zh="春季评议", eligibility="Adults of North Cove", eligibility_zh="北湾村成年村民", k=k, **fields,
    )  # fmt: skip
    for number in range(1, papers + 1):
        services.add_paper(
            actor=chair, poll=poll, question=f"How is road {number}?", question_zh=f"{number}号路怎么样？",
            scale=scale, options=options,
        )  # fmt: skip
    for code, size in roll.items():
        stratum = services.add_stratum(
            actor=chair, poll=poll, code=code, label=code.title(), label_zh=code, is_ordinary=code in ordinary,
            **(channels or {"has_tokens": True}),
        )  # fmt: skip
        RollEntry.objects.bulk_create(
            RollEntry(poll=poll, stratum=stratum, name=f"{code} {n:03}", salt=os.urandom(32))
            for n in range(size)
        )
    for code, other in (joins or {}).items():
        stratum = Stratum.objects.get(poll=poll, code=code)
        services.change_stratum(
            actor=chair, poll=poll, stratum=stratum, joins=Stratum.objects.get(poll=poll, code=other)
        )
    return Voting(poll, chair)


def picture() -> SimpleUploadedFile:
    """The photograph of a tally sheet."""
    out = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "JPEG")
    return SimpleUploadedFile("sheet.jpg", out.getvalue(), content_type="image/jpeg")


def person_on_roll(voting: Voting, person: Person, code: str = "residents") -> RollEntry:
    return RollEntry.objects.create(
        poll=voting.poll, stratum=voting.stratum(code), person=person, salt=os.urandom(32)
    )


def people_who_can_take_part(area: Area, number: int) -> list[Person]:
    """Residents of a place with a confirmed phone and a home."""
    people = PersonFactory.create_batch(number)
    for person in people:
        AccountFactory.create(person=person, phone_verified=True)
        HouseholdMemberFactory.create(household=HouseholdFactory.create(area=area), person=person)
    return people


def make_open_voting(
    area: Area, chair: Actor, people: int, *, home: Area | None = None, population: int = 100, **said: Any
) -> Voting:
    """A draft of an open poll, and so many residents, at `home`, who could take part; see make_voting."""
    people_who_can_take_part(home or area, people)
    return make_voting(area, chair, {}, is_open=True, population=population, **said)


# The voter's side ----------------------------------------------------------------------------------


@dataclass
class VoterKey:
    """A credential for one paper. Shapes: `creds` empty for a slip."""

    leaf: PaperLeaf
    stratum: str
    key: EllipticCurvePrivateKey
    creds: tuple[bytes, ...] = ()

    @property
    def pk(self) -> bytes:
        return point_of(self.key.public_key())

    def request(self, answer: Sequence[int], *, seq: int = 1, opens: bool = True) -> bytes:
        """What the booth sends to the box; with `opens` false its sealed answer is of another commitment."""
        stratum = self.leaf.stratum(self.stratum)
        assert stratum is not None
        channel = stratum.token if self.creds else stratum.slip
        assert channel is not None
        opening = Opening(os.urandom(32), self.leaf.scale.answer(answer))
        c = commitment(self.pk, opening)
        sealed = opening if opens else Opening(os.urandom(32), opening.answer)
        longest = self.leaf.scale.longest_answer_bytes
        o = seal_opening(channel.closing, sealed, c=c, longest=longest, chance=os.urandom)
        ballot = Ballot(self.leaf.id, self.stratum, self.pk, self.creds, seq, c, sha256(o).digest())
        self.last = c, opening
        return b'{"leaf":' + ballot.signed(self.key).encode() + b',"o":"' + b64u(o).encode() + b'"}'


def new_key() -> EllipticCurvePrivateKey:
    return private_key(random_below(ORDER, os.urandom))


def asked_token(leaf: PaperLeaf, stratum: str, key: EllipticCurvePrivateKey) -> AskedToken:
    """A fresh blinded request for a token of a group."""
    group = leaf.stratum(stratum)
    assert group is not None
    assert group.token is not None
    public = TokenKey(group.token.keys[0])
    challenge = TokenChallenge(leaf.registrars[0], leaf.id, leaf.box)
    nonce = voter_nonce(point_of(key.public_key()))
    factor = random_below(public.modulus, os.urandom)
    return ask_token(public, challenge, nonce, salt=os.urandom(SALT_BYTES), factor=factor)


def ask_papers(code: str, client: Client | None = None, **headers: str) -> HttpResponse:
    """What a claim is good for, by the registrar's door."""
    return (client or Client()).post("/papers/", headers={"Authorization": f"Claim {code}"} | headers)


def ask_one(code: str, leaf: PaperLeaf, stratum: str, data: bytes) -> HttpResponse:
    return Client().post(
        f"/papers/{b64u(leaf.id)}/{stratum}/", data, content_type="application/private-token-request",
        headers={"Authorization": f"Claim {code}"},
    )  # fmt: skip


def take_tokens(code: str) -> Iterator[VoterKey]:
    """All papers of a claim at once, as the booth takes them."""
    offered = ask_papers(code).json()["papers"]
    asked = []
    for each in offered:
        leaf, key = PaperLeaf.decode(unb64u(each["leaf"])), new_key()
        asked.append((leaf, each["stratum"], key, asked_token(leaf, each["stratum"], key)))
    body = {
        "requests": [
            {"paper": b64u(leaf.id), "stratum": stratum, "request": b64u(ask.request.encode())}
            for leaf, stratum, _key, ask in asked
        ]
    }
    answer = Client().post(
        "/papers/batch/", json.dumps(body), content_type="application/json",
        headers={"Authorization": f"Claim {code}"},
    )  # fmt: skip
    for (leaf, stratum, key, ask), signed in zip(asked, answer.json()["responses"], strict=True):
        token = ask.finalize(TokenResponse.parse(unb64u(signed)))
        yield VoterKey(leaf, stratum, key, (token.encode(),))


def slip_key(leaf: PaperLeaf, stratum: str, code: str) -> VoterKey:
    return VoterKey(leaf, stratum, private_key(slip_scalar(code, paper=leaf.slip_context)))
