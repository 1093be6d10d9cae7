"""A whole honest poll in memory, made from a seed with real keys: what the verifier is shown, and what is forged.

Two papers, three strata of which one consists of two small ones that were joined, and all channels at once:

    residents   60 on the roll   24 tokens, 15 of 20 slips drawn, 12 hand papers
    members     40 on the roll   14 tokens, 2 of 5 slips drawn of which 1 votes: its cell stays closed
    leaders     8 + 15           12 tokens

One resident votes twice, one ballot does not open, one was declared so and handed in, one holds no answer. Only the
RSA keys come from the system: `cryptography` makes none from a seed. With `second` the residents' committee gives out
tokens, too: each ballot with a token then holds two, and the committee's roll is its own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from itertools import count

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.es256 import point_of, private_key
from folkmoot_kernel.hpke import RecipientKey
from folkmoot_kernel.leaves import (
    Ballot,
    Close,
    CloseCell,
    ClosePart,
    Issued,
    IssuedBy,
    IssuedPart,
    Leaf,
    Opening,
    Result,
    ResultCell,
    Sheet,
    Spoiled,
    Tally,
    Void,
    issued_hash,
    list_root,
    slip_hash,
)
from folkmoot_kernel.merkle import leaf_hash, root_of
from folkmoot_kernel.notes import COSIGNATURE_V1, ED25519, Checkpoint, Note, Policy, SigningKey
from folkmoot_kernel.papers import (
    Calendar,
    Composition,
    Paper,
    Part,
    SlipChannel,
    Stratum,
    TokenChannel,
)
from folkmoot_kernel.promises import kept_promise, sign_promises
from folkmoot_kernel.scales import RATING, YES_NO, Scale
from folkmoot_kernel.sealing import Opening as Sealed
from folkmoot_kernel.sealing import commitment, seal_opening
from folkmoot_kernel.tiles import extended_bundles, extended_tiles
from folkmoot_kernel.tokens import Issuer, Token, TokenChallenge, ask_token, voter_nonce
from folkmoot_kernel.verify import Evidence, slips_path

K = 10
BOX, REGISTRAR, POLL = "box.example", "registrar.example", "season-2026"
SECOND, SECOND_KEY = "committee.example", Ed25519PrivateKey.from_private_bytes(sha256(b"second").digest())
ORIGIN = f"{BOX}/{POLL}"
LOG = SigningKey(ORIGIN, ED25519, sha256(b"log").digest())
WITNESSES = tuple(
    SigningKey(f"{name}.example", COSIGNATURE_V1, sha256(name.encode()).digest())
    for name in ("committee", "sister")
)
POLICY = "\n".join(
    [
        f"log {LOG.verifier.vkey}",
        *(f"witness {key.name} {key.verifier.vkey}" for key in WITNESSES),
        "group both all committee.example sister.example",
        "quorum both",
    ]
)
GRADES = tuple({"en": grade} for grade in ("Good", "Fairly good", "Average", "Poor"))
YES_OR_NO = tuple({"en": option} for option in ("Yes", "No", "Abstain"))


@dataclass(frozen=True)
class Group:
    """A stratum that votes: (part, on the roll, tokens, slips drawn, hand papers), slips printed and cast."""

    id: str
    parts: tuple[tuple[str, int, int, int, int], ...]
    printed: int = 0
    slips_cast: int = 0
    is_ordinary: bool = False

    @property
    def tokens(self) -> int:
        return sum(part[2] for part in self.parts)

    @property
    def drawn(self) -> int:
        return sum(part[3] for part in self.parts)

    @property
    def hand(self) -> int:
        return sum(part[4] for part in self.parts)


GROUPS = (
    Group("residents", (("residents", 60, 24, 15, 12),), printed=20, slips_cast=14, is_ordinary=True),
    Group("members", (("members", 40, 14, 2, 0),), printed=5, slips_cast=1),
    Group("leaders", (("leadership", 8, 5, 0, 0), ("invited", 15, 7, 0, 0))),
)


class Chance:
    """As many bytes as asked for, the same ones from the same seed."""

    def __init__(self, seed: str) -> None:
        self._seed, self._count = seed.encode(), count()

    def __call__(self, length: int) -> bytes:
        blocks = (
            sha256(self._seed + next(self._count).to_bytes(8, "big")).digest()
            for _ in range(-(-length // 32))
        )
        return b"".join(blocks)[:length]


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, 2048)


@dataclass
class Voter:
    """One voter of one paper, with everything that only he knows."""

    stratum: str
    channel: str
    key: ec.EllipticCurvePrivateKey
    opening: Sealed
    ballot: Ballot
    sealed: bytes


@dataclass
class PaperMaking:
    """One paper with its private keys and its voters. Shapes: `issuers` of a stratum, one for each registrar."""

    paper: Paper
    chance: Chance
    closing: dict[tuple[str, str], RecipientKey]
    slips: dict[str, list[ec.EllipticCurvePrivateKey]]
    issuers: dict[str, tuple[Issuer, ...]]
    voters: list[Voter] = field(default_factory=list)

    def token(
        self, stratum: str, pk: bytes, challenge: TokenChallenge | None = None, *, registrar: int = 0
    ) -> bytes:
        issuer = self.issuers[stratum][registrar]
        factor = int.from_bytes(self.chance(255), "big")
        challenge = challenge or TokenChallenge(self.paper.registrars[registrar], self.paper.id, BOX)
        asked = ask_token(issuer.key, challenge, voter_nonce(pk), salt=self.chance(48), factor=factor)
        token: Token = asked.finalize(issuer.answer(asked.request))
        return token.encode()

    def cast(
        self,
        stratum: str,
        channel: str,
        key: ec.EllipticCurvePrivateKey,
        answer: bytes,
        *,
        creds: Sequence[bytes] | None = None,
        seq: int = 1,
    ) -> Voter:
        pk = point_of(key.public_key())
        opening = Sealed(self.chance(32), answer)
        c = commitment(pk, opening)
        longest = self.paper.scale.longest_answer_bytes
        recipient = self.closing[stratum, channel]
        sealed = seal_opening(recipient.public, opening, c=c, longest=longest, chance=self.chance)
        if creds is None:
            registrars = range(len(self.paper.registrars)) if channel == "token" else ()
            creds = [self.token(stratum, pk, registrar=number) for number in registrars]
        ballot = Ballot(self.paper.id, stratum, pk, tuple(creds), seq, c, sha256(sealed).digest())
        return Voter(stratum, channel, key, opening, ballot.signed(key), sealed)

    def new_key(self) -> ec.EllipticCurvePrivateKey:
        return private_key(int.from_bytes(self.chance(32)[1:], "big") + 1)


@dataclass
class Poll:
    """Everything: the leaves as they are published, and the secrets with which they can be forged."""

    making: list[PaperMaking]
    leaves: list[Leaf]
    slip_lists: dict[str, bytes]
    promises: dict[str, bytes]

    @property
    def entries(self) -> list[bytes]:
        return [leaf.encode() for leaf in self.leaves]

    def where(self, kind: type, *, paper: int | None = None) -> list[int]:
        """Places of the leaves of one kind."""
        wanted = None if paper is None else self.making[paper].paper.id
        return [
            place
            for place, leaf in enumerate(self.leaves)
            if isinstance(leaf, kind) and (wanted is None or getattr(leaf, "paper", wanted) == wanted)
        ]

    def files(self, entries: Sequence[bytes] | None = None) -> dict[str, bytes]:
        """The log as files, signed and cosigned."""
        entries = self.entries if entries is None else list(entries)
        return log_files(entries) | self.slip_lists | {"policy": POLICY.encode()}


def log_files(entries: Sequence[bytes]) -> dict[str, bytes]:
    hashes = [leaf_hash(entry) for entry in entries]
    files = dict(extended_tiles(0, hashes, no_fetch)) | dict(extended_bundles(0, entries, no_fetch))
    return files | {"checkpoint": checkpoint(len(entries), root_of(hashes))}


def checkpoint(size: int, root: bytes) -> bytes:
    body = Checkpoint(ORIGIN, size, root).body
    cosignatures = [key.cosign(body, time=1_795_200_000) for key in WITNESSES]
    return Note(body).with_signatures(LOG.sign(body), *cosignatures).encode()


def no_fetch(path: str) -> bytes:
    raise AssertionError(path)


def evidence(files: dict[str, bytes], **more: object) -> Evidence:
    from folkmoot_kernel.errors import MissingFile

    def fetch(path: str) -> bytes:
        if path not in files:
            raise MissingFile(path=path)
        return files[path]

    return replace(Evidence(fetch, Policy.parse(POLICY)), **more)  # type: ignore[arg-type]


@cache
def honest_poll(seed: str = "poll", *, second: bool = False) -> Poll:
    """The poll of the docstring."""
    registrars = (REGISTRAR, SECOND) if second else (REGISTRAR,)
    making = [
        _paper(seed, "review", Scale(RATING, GRADES), (), registrars),
        _paper(
            seed,
            "plan",
            Scale(YES_NO, YES_OR_NO),
            (Composition(("residents",), 1, 2), Composition(("members",), 1, 2)),
            registrars,
        ),
    ]
    for each in making:
        _vote(each)
    leaves: list[Leaf] = [each.paper for each in making]
    leaves += [_issued(each) for each in making]
    if second:
        leaves += [_issued_by(each) for each in making]
    for each in making:
        leaves += in_batches(voter.ballot for voter in each.voters)
    for each in making:
        leaves += [_close(each), *_voids(each)]
        leaves += _openings(each)
        leaves.append(_result(each))
    slip_lists = {
        slips_path(b64u(list_root(hashes))): b"".join(hashes)
        for each in making
        for hashes in (sorted(map(_slip_hash, keys)) for keys in each.slips.values())
    }
    return Poll(making, leaves, slip_lists, _promises(making[0]))


def _paper(
    seed: str, name: str, scale: Scale, composition: tuple[Composition, ...], registrars: tuple[str, ...]
) -> PaperMaking:
    chance = Chance(f"{seed} {name}")
    closing, slips, issuers, strata = {}, {}, {}, []
    for group in GROUPS:
        names = (f"{name} {group.id}", f"{name} {group.id} of the second")[: len(registrars)]
        issuers[group.id] = tuple(Issuer(rsa_key(each), chance=chance) for each in names)
        closing[group.id, "token"] = RecipientKey.draw(chance)
        keys = tuple(issuer.key.spki for issuer in issuers[group.id])
        token = TokenChannel(keys, closing[group.id, "token"].public)
        slip = None
        if group.printed:
            slips[group.id] = [
                private_key(int.from_bytes(chance(31), "big") + 1) for _ in range(group.printed)
            ]
            closing[group.id, "slip"] = RecipientKey.draw(chance)
            root = list_root(map(_slip_hash, slips[group.id]))
            slip = SlipChannel(group.printed, root, closing[group.id, "slip"].public)
        parts = tuple(Part(part[0], {"en": part[0].title()}, group.is_ordinary) for part in group.parts)
        strata.append(Stratum(group.id, {"en": group.id.title()}, parts, token, slip, hand=group.hand > 0))
    paper = Paper(
        poll=POLL, question={"en": f"What about the {name}?"}, scale=scale, k=K, box=BOX, registrars=registrars,
        calendar=Calendar(1_795_000_000, 1_795_086_400, 1_795_172_800), strata=tuple(strata),
        eligibility={"en": "Adults on the roll"}, composition=composition,
        registrar_keys=(SECOND_KEY.public_key().public_bytes_raw(),) * (len(registrars) - 1),
    )  # fmt: skip
    return PaperMaking(paper, chance, closing, slips, issuers)


def _vote(making: PaperMaking) -> None:
    options = len(making.paper.scale.options)
    for group in GROUPS:
        for number in range(group.tokens):
            answer = making.paper.scale.answer([number * number % options])
            making.voters.append(making.cast(group.id, "token", making.new_key(), answer))
        for number, key in enumerate(making.slips.get(group.id, [])[: group.slips_cast]):
            making.voters.append(
                making.cast(group.id, "slip", key, making.paper.scale.answer([number % options]))
            )
    first = making.voters[0]
    again = making.cast(
        "residents", "token", first.key, making.paper.scale.answer([2]), creds=first.ballot.creds, seq=2
    )
    making.voters.append(again)
    for place in (1, 2):  # 1 stays spoiled; 2 is declared so, and its voter hands in what opens it
        voter = making.voters[place]
        voter.sealed = making.chance(len(voter.sealed))
        voter.ballot = replace(voter.ballot, oh=sha256(voter.sealed).digest()).signed(voter.key)
    making.voters[3] = making.cast("residents", "token", making.new_key(), b"[9]")


def in_batches(ballots: Iterable[Ballot]) -> Iterator[Ballot]:
    """One batch for each cell, in ascending order of leaf hash."""
    return iter(sorted(ballots, key=lambda b: (b.stratum, b.channel, leaf_hash(b.encode()))))


def _issued(making: PaperMaking) -> Issued:
    parts = [
        IssuedPart(name, roll, tokens, list_root(
            issued_hash(salt=making.chance(32), person=f"{name}-{n}") for n in range(tokens)))
        for group in GROUPS
        for name, roll, tokens, _, _ in group.parts
    ]  # fmt: skip
    return Issued(making.paper.id, tuple(parts))


def _issued_by(making: PaperMaking) -> IssuedBy:
    """The committee has two people more on its roll, and as many tokens given out."""
    issued = _issued(making)
    parts = tuple(replace(part, roll=part.roll + 2) for part in issued.parts)
    return IssuedBy(making.paper.id, SECOND, parts).signed(SECOND_KEY)


def counted(making: PaperMaking) -> dict[tuple[str, str], list[Voter]]:
    """The voters of each cell, each with his last ballot."""
    last = {voter.ballot.pk: voter for voter in making.voters}
    cells: dict[tuple[str, str], list[Voter]] = {cell: [] for cell in making.closing}
    for voter in last.values():
        cells[voter.stratum, voter.channel].append(voter)
    return cells


def _close(making: PaperMaking) -> Close:
    cells, voters = [], counted(making)
    for group in GROUPS:
        for channel in ("token", "slip"):
            if (group.id, channel) in making.closing:
                accepted = len(voters[group.id, channel])
                key = making.closing[group.id, channel].secret if accepted >= K else b""
                issued, void = (
                    (group.tokens, 0) if channel == "token" else (group.drawn, group.printed - group.drawn)
                )
                cells.append(CloseCell(group.id, channel, issued, accepted, void, key))
    parts = tuple(ClosePart(name, slips, hand) for group in GROUPS for name, _, _, slips, hand in group.parts)
    totals = (6, 2, 1, 2) if len(making.paper.scale.options) == 4 else (7, 3, 1)
    sheet = Sheet(("residents",), 11, 1, totals, ("Bei", "Chen"), making.chance(32))
    return Close(making.paper.id, tuple(cells), parts, (sheet,))


def _voids(making: PaperMaking) -> Iterator[Void]:
    for group in GROUPS:
        if group.printed:
            unused = making.slips[group.id][group.drawn :]
            yield Void(making.paper.id, group.id, tuple(sorted(map(_slip_hash, unused))))


def _openings(making: PaperMaking) -> list[Leaf]:
    opened, spoiled, late = [], [], []
    bad = {making.voters[1].ballot.pk: spoiled, making.voters[2].ballot.pk: late}
    for voters in counted(making).values():
        for voter in voters if len(voters) >= K else []:
            bad.get(voter.ballot.pk, opened).append(voter)
    leaves: list[Leaf] = [opening_of(voter) for voter in sorted(opened, key=lambda voter: voter.ballot.c)]
    leaves += [Spoiled(voter.ballot.c, voter.sealed) for voter in [*spoiled, *late]]
    return leaves + [opening_of(voter) for voter in late]


def opening_of(voter: Voter) -> Opening:
    return Opening(voter.ballot.c, voter.opening.random, voter.opening.answer)


def _result(making: PaperMaking) -> Result:
    """Count by hand, so that the verifier's count is held against another."""
    options = len(making.paper.scale.options)
    sheet = (6, 2, 1, 2) if options == 4 else (7, 3, 1)
    total, cells = Counter(dict(enumerate(sheet))), []
    lost = {making.voters[1].ballot.pk}
    for (stratum, channel), voters in counted(making).items():
        if len(voters) < K:
            cells.append(ResultCell((stratum,), channel, len(voters), 0, None))
            continue
        said = [v.opening.answer for v in voters if v.ballot.pk not in lost and v.opening.answer != b"[9]"]
        votes = Counter(int(answer[1:-1]) for answer in said)
        total.update(votes)
        counts = tuple(votes[option] for option in range(options))
        cells.append(
            ResultCell((stratum,), channel, len(voters), len(voters) - len(said), Tally(len(said), counts))
        )
    cells.append(ResultCell(("residents",), "hand", 12, 1, Tally(11, sheet)))
    counts = tuple(total[option] for option in range(options))
    kept = (True, False) if making.paper.composition else ()  # 51 and 16 of 79 papers taken
    return Result(making.paper.id, tuple(cells), Tally(sum(counts), counts), kept)


def _promises(making: PaperMaking) -> dict[str, bytes]:
    leaves = [leaf_hash(voter.ballot.encode()) for voter in making.voters[4:9]]
    note, ordered = sign_promises(leaves, key=LOG, deadline=1_795_180_000)
    return {f"promises/{n}": kept_promise(note, ordered, n).encode() for n in range(5)}


def _slip_hash(key: ec.EllipticCurvePrivateKey) -> bytes:
    return slip_hash(point_of(key.public_key()))
