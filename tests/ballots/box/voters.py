"""A poll and its voters: real keys, real tokens, real signatures; sealed answers of the right length."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.hashes import SHA384
from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.es256 import ORDER, point_of, private_key
from folkmoot_kernel.leaves import Ballot, Issued, IssuedPart, list_root, slip_hash
from folkmoot_kernel.papers import Calendar, Paper, Part, SlipChannel, Stratum, TokenChannel
from folkmoot_kernel.scales import RATING, Scale
from folkmoot_kernel.sealing import Opening, commitment, sealed_bytes
from folkmoot_kernel.tokens import SALT_BYTES, TokenChallenge, TokenKey, voter_nonce
from folkmoot_kernel.tokens.structures import token_input

WORDS = {"en": "Residents", "zh-Hans": "群众"}
GRADES = tuple({"en": word} for word in ("Good", "Fairly good", "Average", "Poor"))
REGISTRAR = "registrar.example"


def closing_number(stratum: str, channel: str) -> int:
    """The private number of a cell's closing key: each cell has its own."""
    return int.from_bytes(sha256(f"{stratum} {channel}".encode()).digest()[1:], "big")


def closing(stratum: str, channel: str) -> bytes:
    return point_of(private_key(closing_number(stratum, channel)).public_key())


def new_key() -> EllipticCurvePrivateKey:
    return private_key(1 + int.from_bytes(os.urandom(40), "big") % (ORDER - 1))


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """The registrar's key of a stratum: the same for a name as long as the tests run."""
    return rsa.generate_private_key(65537, 2048)


def token(key: rsa.RSAPrivateKey, paper: Paper, pk: bytes) -> bytes:
    """A token as blind signing gives it: the same bytes are signed, only not blindly."""
    public = TokenKey.of(key.public_key())
    challenge = TokenChallenge(REGISTRAR, paper.id, paper.box)
    signed = token_input(voter_nonce(pk), challenge.digest, public.key_id)
    return signed + key.sign(signed, PSS(MGF1(SHA384()), SALT_BYTES), SHA384())


@dataclass
class Voter:
    """Somebody with a credential for one paper. Shapes: `creds` empty for a slip."""

    paper: Paper
    stratum: str
    key: EllipticCurvePrivateKey
    creds: tuple[bytes, ...] = ()
    opening: Opening = field(default_factory=lambda: Opening(os.urandom(32), b"[1]"))

    @property
    def pk(self) -> bytes:
        return point_of(self.key.public_key())

    def ballot(self, seq: int = 1, **changed: object) -> tuple[Ballot, bytes]:
        """A fresh ballot with its sealed answer, signed after what is `changed`."""
        o = os.urandom(sealed_bytes(self.paper.scale.longest_answer_bytes))
        c = commitment(self.pk, replace(self.opening, random=os.urandom(32)))
        ballot = Ballot(self.paper.id, self.stratum, self.pk, self.creds, seq, c, sha256(o).digest())
        return replace(ballot, **changed).signed(self.key), o

    def request(self, seq: int = 1, **changed: object) -> bytes:
        return body(*self.ballot(seq, **changed))


def body(ballot: Ballot, o: bytes) -> bytes:
    """What the booth sends."""
    return b'{"leaf":' + ballot.encode() + b',"o":"' + b64u(o).encode() + b'"}'


@dataclass
class TestPoll:
    """Papers, and who may answer them."""

    __test__ = False

    name: str
    papers: list[Paper]
    slips: list[EllipticCurvePrivateKey]
    roll_size: int

    @property
    def paper(self) -> Paper:
        return self.papers[0]

    def voter(self, stratum: str = "residents", paper: Paper | None = None) -> Voter:
        key, paper = new_key(), paper or self.paper
        credential = token(rsa_key(stratum), paper, point_of(key.public_key()))
        return Voter(paper, stratum, key, (credential,))

    def voters(self, count: int) -> Iterator[Voter]:
        return (self.voter() for _ in range(count))

    def slip_voter(self, number: int = 0) -> Voter:
        return Voter(self.paper, "residents", self.slips[number])

    @property
    def slip_hashes(self) -> list[bytes]:
        return sorted(slip_hash(point_of(key.public_key())) for key in self.slips)

    def creation(self) -> dict[str, object]:
        hashes = self.slip_hashes
        return {
            "poll": self.name,
            "papers": [b64u(paper.encode()) for paper in self.papers],
            "slips": {b64u(list_root(hashes)): [*map(b64u, hashes)]} if hashes else {},
            "roll_size": self.roll_size,
        }

    def issued(self, paper: Paper | None = None) -> Issued:
        paper = paper or self.paper
        empty = list_root([])
        return Issued(
            paper.id, tuple(IssuedPart(part.id, self.roll_size, 100, empty) for part in paper.parts)
        )


def make_poll(
    name: str,
    box: str,
    *,
    papers: int = 1,
    strata: Sequence[str] = ("residents", "members"),
    slips: int = 0,
    k: int = 10,
    roll_size: int = 1_000,
    calendar: Calendar | None = None,
) -> TestPoll:
    """A one-phase poll that closes at the chair's word, unless the calendar says otherwise."""
    printed = [new_key() for _ in range(slips)]
    hashes = [slip_hash(point_of(key.public_key())) for key in printed]
    slip = SlipChannel(slips, list_root(hashes), closing("residents", "slip")) if slips else None
    made = [
        Paper(
            poll=name,
            question={"en": f"Question {number}"},
            scale=Scale(RATING, GRADES),
            calendar=calendar or Calendar(opens=1, casts=1, closes=0),
            k=k,
            box=box,
            registrars=(REGISTRAR,),
            strata=tuple(
                Stratum(
                    each, WORDS, (Part(each, WORDS),),
                    TokenChannel((TokenKey.of(rsa_key(each).public_key()).spki,), closing(each, "token")),
                    slip if each == "residents" else None,
                )
                for each in strata
            ),
            eligibility=WORDS,
        )
        for number in range(papers)
    ]  # fmt: skip
    return TestPoll(name, made, printed, roll_size)
