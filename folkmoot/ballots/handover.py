"""The files that two registrars of a poll hand to one another, from person to person.

    set-up    what will be asked, from the organiser: each paper as it will be, with zeros where keys and moment come
    keys      from the second registrar: its token keys for each paper and stratum, and the key that signs its numbers
    papers    the papers as the log has them, from the organiser, with the key of the log
    numbers   how many tokens were issued, from the second registrar: the leaves as the log takes them

Each is one canonical record a line, and is known by its fingerprint, which people read out to one another. Pure.
Source: docs/reference/protocol.md, Two registrars.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from folkmoot_kernel.encoding import Value, b64u, decode, encode
from folkmoot_kernel.errors import KernelError, MalformedLeaf
from folkmoot_kernel.fields import Fields, Words
from folkmoot_kernel.leaves import IssuedBy, parse_leaf
from folkmoot_kernel.papers import ED25519_BYTES, SPKI_BYTES, Paper, Stratum
from folkmoot_kernel.tokens import TokenKey

SETUP_V1: Final = "folkmoot/second-setup/v1"
KEYS_V1: Final = "folkmoot/second-keys/v1"
PAPERS_V1: Final = "folkmoot/second-papers/v1"
MAX_BYTES: Final = 4_000_000
GROUPS, DIGITS = 6, 5
NO_KEY, NO_POINT, NO_SIGNER = bytes(SPKI_BYTES), bytes(65), bytes(ED25519_BYTES)
SOME_MOMENT = 1  # not 0, which is the chair's word

Keys = Mapping[tuple[int, str], bytes]  # place of the paper, stratum -> token key, 342 bytes


def fingerprint(data: bytes) -> str:
    """Thirty digits (99 bits) that nobody finds another file for: to be read out over the telephone."""
    digits = str(int.from_bytes(sha256(data).digest(), "big") % 10 ** (GROUPS * DIGITS)).zfill(
        GROUPS * DIGITS
    )
    return " ".join(digits[place : place + DIGITS] for place in range(0, len(digits), DIGITS))


def blanked(paper: Paper) -> Paper:
    """The paper without what is only known once it opens: the moment and the keys. The slips are known before."""
    calendar = paper.calendar
    casts = calendar.casts if calendar.is_two_phase else SOME_MOMENT
    return replace(
        paper, calendar=replace(calendar, opens=SOME_MOMENT, casts=casts),
        strata=tuple(map(_blanked_stratum, paper.strata)), registrar_keys=(NO_SIGNER,) * len(paper.registrar_keys),
    )  # fmt: skip


def _blanked_stratum(stratum: Stratum) -> Stratum:
    token, slip = stratum.token, stratum.slip
    return replace(
        stratum, token=token and replace(token, keys=(NO_KEY,) * len(token.keys), closing=NO_POINT),
        slip=slip and replace(slip, closing=NO_POINT),
    )  # fmt: skip


@dataclass(frozen=True)
class SetUp:
    """What the organiser asks the second registrar to take part in.

    Shapes: `organiser` the address of its place; `papers` blanked, in their order.
    """

    organiser: str
    name: Words
    papers: tuple[Paper, ...]

    def encode(self) -> bytes:
        head: Value = {"type": SETUP_V1, "organiser": self.organiser, "name": self.name}
        return _lines([encode(head), *(paper.encode() for paper in self.papers)])

    @classmethod
    def decode(cls, data: bytes) -> "SetUp":
        """Raises: KernelError for anything else than such a file of one poll of two registrars."""
        fields, lines = _opened(data, SETUP_V1)
        organiser, name = fields.text("organiser"), fields.words("name")
        fields.end()
        papers = tuple(map(Paper.decode, lines))
        polls, registrars = {paper.poll for paper in papers}, {len(paper.registrars) for paper in papers}
        if len(polls) != 1 or registrars != {2} or any(blanked(paper) != paper for paper in papers):
            raise MalformedLeaf(
                kind=SETUP_V1, reason="its papers are not those of one poll of two registrars"
            )
        return cls(organiser, name, papers)


@dataclass(frozen=True)
class OfferedKeys:
    """What the second registrar brings. Shapes: `setup` SHA-256 of the set-up that it answers; `signer` Ed25519."""

    setup: bytes
    signer: bytes
    keys: Keys

    def encode(self) -> bytes:
        head: Value = {"type": KEYS_V1, "setup": b64u(self.setup), "signer": b64u(self.signer)}
        rows = (
            encode({"paper": place, "stratum": stratum, "key": b64u(key)})
            for (place, stratum), key in self.keys.items()
        )
        return _lines([encode(head), *rows])

    @classmethod
    def decode(cls, data: bytes) -> "OfferedKeys":
        """Raises: KernelError."""
        fields, lines = _opened(data, KEYS_V1)
        setup, signer = fields.hash("setup"), fields.octets("signer", ED25519_BYTES)
        fields.end()
        keys = {}
        for line in lines:
            row = Fields(decode(line), KEYS_V1)
            place = row.whole("paper", least=1), row.name("stratum")
            keys[place] = TokenKey(row.octets("key", SPKI_BYTES)).spki
            row.end()
        return cls(setup, signer, keys)


@dataclass(frozen=True)
class OpenedPapers:
    """The papers as the log has them, and the verifier key of the log."""

    log_key: str
    papers: tuple[Paper, ...]

    def encode(self) -> bytes:
        head: Value = {"type": PAPERS_V1, "log_key": self.log_key}
        return _lines([encode(head), *(paper.encode() for paper in self.papers)])

    @classmethod
    def decode(cls, data: bytes) -> "OpenedPapers":
        """Raises: KernelError."""
        fields, lines = _opened(data, PAPERS_V1)
        log_key = fields.text("log_key")
        fields.end()
        return cls(log_key, tuple(map(Paper.decode, lines)))


def keys_needed(papers: Iterable[Paper]) -> list[tuple[int, str]]:
    """For which papers, by their place, and strata the second registrar gives tokens out."""
    places = enumerate(papers, 1)
    return [(place, stratum.id) for place, paper in places for stratum in paper.strata if stratum.token]


def encode_numbers(leaves: Iterable[IssuedBy]) -> bytes:
    return _lines(leaf.encode() for leaf in leaves)


def decode_numbers(data: bytes, papers: Iterable[Paper]) -> list[IssuedBy]:
    """The numbers of the second registrar, one leaf for each paper, signed by it. Raises: KernelError."""
    leaves = [parse_leaf(line) for line in _split(data)]
    by_paper = {leaf.paper: leaf for leaf in leaves if isinstance(leaf, IssuedBy)}
    found = []
    for paper in papers:
        leaf, [(registrar, key)] = by_paper.get(paper.id), paper.further_registrars.items()
        parts = [part.id for part in paper.parts]
        if leaf is None or leaf.registrar != registrar or [part.id for part in leaf.parts] != parts:
            raise MalformedLeaf(kind="folkmoot/issued-by/v1", reason="it is not of this poll")
        leaf.verify(key)
        found.append(leaf)
    if len(leaves) != len(found):
        raise MalformedLeaf(kind="folkmoot/issued-by/v1", reason="there are others beside it")
    return found


def _lines(lines: Iterable[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def _split(data: bytes) -> list[bytes]:
    if len(data) > MAX_BYTES or not data.endswith(b"\n"):
        raise KernelError()
    return data[:-1].split(b"\n")


def _opened(data: bytes, kind: str) -> tuple[Fields, Iterator[bytes]]:
    """The first record of a file, whose type is this, and the lines after it."""
    head, *lines = _split(data)
    fields = Fields(decode(head), kind)
    if fields.text("type") != kind:
        raise fields.refused("its type is another")
    return fields, iter(lines)
