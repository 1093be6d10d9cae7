"""A paper: one question about one subject, who may answer it, how, when, and how an answer is written.

    paper = Paper(poll="season-2026", question={"en": "How did the secretary do?"}, scale=Scale("rating", ...), ...)
    paper.id                            the RFC 6962 leaf hash of its leaf: what every other leaf names it by
    paper.scale.answer([1])             an answer in its only spelling, see scales

A stratum here is one that votes, under its joined name: one RSA key, one list of slips. Its parts are the strata
as the roll names them, by which quorum and composition are counted.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from folkmoot_kernel.encoding import Value, b64u, decode, encode, tagged_hash
from folkmoot_kernel.errors import MalformedPaper
from folkmoot_kernel.es256 import POINT_BYTES
from folkmoot_kernel.fields import Fields, Words
from folkmoot_kernel.merkle import leaf_hash
from folkmoot_kernel.scales import Scale

PAPER_V1: Final = "folkmoot/paper/v1"
TOKEN, SLIP, HAND = "token", "slip", "hand"
CHANNELS = (TOKEN, SLIP, HAND)

SPKI_BYTES: Final = 342  # an RSA-2048 key as RFC 9578 section 6.5 writes it
ED25519_BYTES: Final = 32
MAX_VOTERS_WITH_ONE_BATCH: Final = 499
MAX_K: Final = 1_000  # a verifier holds so many keys of each cell while it looks at batches

_HOST = re.compile(r"[!-~]{1,255}")  # as it stands in an address; a challenge to a token is ASCII


@dataclass(frozen=True, slots=True)
class Calendar:
    """When things happen. Units: seconds since 1970; `casts` and `closes` 0 mean: at the chair's word.

    Shapes: two-phase when papers are taken before casting opens (`casts` > `opens`, or the chair's word).
    """

    opens: int
    casts: int
    closes: int
    objection_seconds: int = 86_400

    @property
    def is_two_phase(self) -> bool:
        return self.casts != self.opens


@dataclass(frozen=True, slots=True)
class Part:
    """A stratum as the roll names it; `is_ordinary` tells ordinary residents, who are joined only with others such."""

    id: str
    label: Words
    is_ordinary: bool = True


@dataclass(frozen=True, slots=True)
class TokenChannel:
    """How a stratum votes online.

    Shapes: `keys` one RSA-2048 public key for each registrar of the paper, `tokens.TokenKey.spki`; `closing` the
    public key of the cell's answers, 65 bytes.
    """

    keys: tuple[bytes, ...]
    closing: bytes


@dataclass(frozen=True, slots=True)
class SlipChannel:
    """How a stratum votes with slips: how many were printed, and the root of the sorted SHA-256(pk)."""

    printed: int
    root: bytes
    closing: bytes


@dataclass(frozen=True, slots=True)
class Stratum:
    """Those who vote under one name, and the channels open to them."""

    id: str
    label: Words
    parts: tuple[Part, ...]
    token: TokenChannel | None = None
    slip: SlipChannel | None = None
    hand: bool = False

    @property
    def channels(self) -> tuple[str, ...]:
        open_ = {TOKEN: self.token is not None, SLIP: self.slip is not None, HAND: self.hand}
        return tuple(channel for channel in CHANNELS if open_[channel])


@dataclass(frozen=True, slots=True)
class Composition:
    """A rule such as: of all papers taken at least 80 % (4/5) are those of mass representatives."""

    parts: tuple[str, ...]
    numerator: int
    denominator: int
    is_strict: bool = False  # more than, instead of at least

    @property
    def can_be_kept(self) -> bool:
        """A share of its parts, none named twice, that is something and not more than the whole."""
        is_share = 0 < self.numerator <= self.denominator
        return (
            is_share
            and not (self.is_strict and self.numerator == self.denominator)
            and _are_different(self.parts)
        )


@dataclass(frozen=True)
class Paper:
    """One question of one poll.

    Shapes: `registrar_keys` one Ed25519 key for each registrar after the first: it signs what that one has issued.
    Raises: MalformedPaper.
    """

    poll: str
    question: Words
    scale: Scale
    calendar: Calendar
    k: int
    box: str
    registrars: tuple[str, ...]
    strata: tuple[Stratum, ...]
    eligibility: Words
    is_open: bool = False  # an open poll: advisory, without a roll
    teller: str = ""  # who holds the closing keys; without a name it is the registrar
    composition: tuple[Composition, ...] = ()
    registrar_keys: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        names = [stratum.id for stratum in self.strata]
        parts = [part.id for part in self.parts]
        if not names or not _are_different(names) or not _are_different(parts):
            raise MalformedPaper(reason="it has no strata, or two of one name")
        if not all(stratum.parts and stratum.channels for stratum in self.strata):
            raise MalformedPaper(reason="a stratum has no part or no channel")
        if any(s.token and len(s.token.keys) != len(self.registrars) for s in self.strata):
            raise MalformedPaper(reason="a stratum has not one key for each registrar")
        if not 2 <= self.k <= MAX_K or not self.registrars:
            raise MalformedPaper(reason=f"its k is not 2 to {MAX_K}, or it has no registrar")
        if len(set(self.registrars)) != len(self.registrars):
            raise MalformedPaper(reason="a registrar is named twice")
        if len(self.registrar_keys) != len(self.registrars) - 1:
            raise MalformedPaper(reason="it has not one key for each registrar after the first")
        if not all(map(_HOST.fullmatch, (self.box, *self.registrars))):
            raise MalformedPaper(reason="its box or a registrar is not a host")
        for rule in self.composition:
            if not rule.can_be_kept or not set(rule.parts) <= set(parts):
                raise MalformedPaper(reason="a rule of composition is not a share of its own strata")

    @property
    def parts(self) -> Iterator[Part]:
        return (part for stratum in self.strata for part in stratum.parts)

    @property
    def further_registrars(self) -> dict[str, bytes]:
        """The registrars after the first, which says in the log itself what it has issued, each with its key."""
        return dict(zip(self.registrars[1:], self.registrar_keys, strict=True))

    def stratum(self, name: str) -> Stratum | None:
        return next((stratum for stratum in self.strata if stratum.id == name), None)

    @cached_property
    def id(self) -> bytes:
        """RFC 6962 leaf hash of the paper's leaf."""
        return leaf_hash(self.encode())

    @property
    def slip_context(self) -> bytes:
        """What stands for the paper where the keys of slips come from; see `slip_context`."""
        return slip_context(self.poll, self.question)

    def encode(self) -> bytes:
        """Write the leaf `folkmoot/paper/v1`."""
        return encode(
            ({"registrar_keys": [*map(b64u, self.registrar_keys)]} if self.registrar_keys else {})
            | {
                "type": PAPER_V1,
                "poll": self.poll,
                "question": self.question,
                "scale": self.scale.value,
                "calendar": {
                    "opens": self.calendar.opens,
                    "casts": self.calendar.casts,
                    "closes": self.calendar.closes,
                    "objection_seconds": self.calendar.objection_seconds,
                },
                "k": self.k,
                "box": self.box,
                "registrars": self.registrars,
                "strata": [_stratum_value(stratum) for stratum in self.strata],
                "eligibility": self.eligibility,
                "open": int(self.is_open),
                "teller": self.teller,
                "composition": [
                    {"parts": rule.parts, "share": [rule.numerator, rule.denominator], "strict": int(rule.is_strict)}
                    for rule in self.composition
                ],
            }
        )  # fmt: skip

    @classmethod
    def decode(cls, data: bytes) -> "Paper":
        """Read the leaf. Raises: NotCanonical, RecordTooLong, UnsupportedValue, MalformedLeaf, MalformedPaper."""
        return cls.read(Fields(decode(data), PAPER_V1))

    @classmethod
    def read(cls, fields: Fields) -> "Paper":
        if fields.text("type") != PAPER_V1:
            raise fields.refused("its type is another")
        paper = cls(
            poll=fields.name("poll"),
            question=fields.words("question"),
            scale=Scale.read(fields.part("scale")),
            calendar=_calendar(fields.part("calendar")),
            k=fields.count("k", least=2),
            box=fields.text("box"),
            registrars=fields.texts("registrars"),
            strata=tuple(map(_stratum, fields.parts("strata"))),
            eligibility=fields.words("eligibility"),
            is_open=fields.flag("open"),
            teller=fields.text("teller"),
            composition=tuple(map(_composition, fields.parts("composition"))),
            registrar_keys=_registrar_keys(fields),
        )
        fields.end()
        return paper


def slip_context(poll: str, question: Words) -> bytes:
    """The `paper` of `recovery.slip_scalar`: 32 bytes that are known before the paper's id is.

    The paper's leaf holds the root of its slips, so their keys cannot come from its leaf hash. Two papers of one
    poll never ask the same question.
    """
    return tagged_hash("folkmoot/slip/v1", poll.encode(), encode(question))


def _stratum_value(stratum: Stratum) -> Value:
    value: dict[str, Value] = {
        "id": stratum.id,
        "label": stratum.label,
        "parts": [
            {"id": part.id, "label": part.label, "ordinary": int(part.is_ordinary)} for part in stratum.parts
        ],
    }
    if stratum.token:
        value[TOKEN] = {"closing": b64u(stratum.token.closing), "keys": [*map(b64u, stratum.token.keys)]}
    if stratum.slip:
        slip = stratum.slip
        value[SLIP] = {"closing": b64u(slip.closing), "printed": slip.printed, "root": b64u(slip.root)}
    if stratum.hand:
        value[HAND] = {}
    return value


def _registrar_keys(fields: Fields) -> tuple[bytes, ...]:
    if "registrar_keys" not in fields:
        return ()
    keys = fields.octet_list("registrar_keys", ED25519_BYTES)
    if not keys:
        raise fields.refused("'registrar_keys' is empty")
    return keys


def _stratum(fields: Fields) -> Stratum:
    token = slip = None
    if TOKEN in fields:
        inside = fields.part(TOKEN)
        token = TokenChannel(inside.octet_list("keys", SPKI_BYTES), inside.octets("closing", POINT_BYTES))
        inside.end()
    if SLIP in fields:
        inside = fields.part(SLIP)
        slip = SlipChannel(
            inside.count("printed", least=1), inside.hash("root"), inside.octets("closing", POINT_BYTES)
        )
        inside.end()
    if HAND in fields:
        fields.part(HAND).end()
    parts = tuple(map(_part, fields.parts("parts")))
    stratum = Stratum(fields.name("id"), fields.words("label"), parts, token, slip, HAND in fields)
    fields.end()
    return stratum


def _part(fields: Fields) -> Part:
    part = Part(fields.name("id"), fields.words("label"), fields.flag("ordinary"))
    fields.end()
    return part


def _calendar(fields: Fields) -> Calendar:
    calendar = Calendar(
        fields.whole("opens"),
        fields.whole("casts"),
        fields.whole("closes"),
        fields.whole("objection_seconds"),
    )
    fields.end()
    return calendar


def _composition(fields: Fields) -> Composition:
    parts, share, is_strict = fields.names("parts"), fields.counts("share"), fields.flag("strict")
    if len(share) != 2:
        raise fields.refused("a share is two numbers")
    fields.end()
    return Composition(parts, *share, is_strict)


def _are_different(names: Sequence[str]) -> bool:
    return len(set(names)) == len(names)
