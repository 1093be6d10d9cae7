"""What the registrar and the tellers say in numbers: papers taken, slips voided, the box closed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from folkmoot_kernel.encoding import Value, b64u, encode
from folkmoot_kernel.errors import IssuedSignatureRefused, MalformedLeaf
from folkmoot_kernel.fields import Fields
from folkmoot_kernel.papers import CHANNELS
from folkmoot_kernel.scales import Answer

ISSUED_V1: Final = "folkmoot/issued/v1"
ISSUED_BY_V1: Final = "folkmoot/issued-by/v1"
VOID_V1: Final = "folkmoot/void/v1"
CLOSE_V1: Final = "folkmoot/close/v1"
MAX_VOID_HASHES: Final = 1_000
PRIVATE_KEY_BYTES: Final = 32
ED25519_SIGNATURE_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class IssuedPart:
    """Of one part of the roll: how many are on it, how many took a token, and the root of who took one."""

    id: str
    roll: int
    tokens: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Issued:
    """Leaf `folkmoot/issued/v1`, in two phases before casting opens, in one phase when issuing ends."""

    paper: bytes
    parts: tuple[IssuedPart, ...]

    def encode(self) -> bytes:
        return encode({"type": ISSUED_V1, "paper": b64u(self.paper), "parts": _part_values(self.parts)})

    @classmethod
    def read(cls, fields: Fields) -> "Issued":
        return cls(fields.hash("paper"), _parts(fields))


@dataclass(frozen=True, slots=True)
class IssuedBy:
    """Leaf `folkmoot/issued-by/v1`: the same of a registrar after the first, which signs it.

    Shapes: `sig` 64 bytes, Ed25519 by the key of the paper over the canonical bytes of the leaf without `sig`.
    """

    paper: bytes
    registrar: str
    parts: tuple[IssuedPart, ...]
    sig: bytes = b""

    def signed(self, key: Ed25519PrivateKey) -> "IssuedBy":
        return replace(self, sig=key.sign(self._unsigned()))

    def verify(self, key: bytes) -> None:
        """Accept only a signature of this key, 32 bytes. Raises: IssuedSignatureRefused."""
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(self.sig, self._unsigned())
        except (InvalidSignature, ValueError):
            raise IssuedSignatureRefused(registrar=self.registrar) from None

    def encode(self) -> bytes:
        return encode({**self._value(), "sig": b64u(self.sig)})

    @classmethod
    def read(cls, fields: Fields) -> "IssuedBy":
        return cls(
            fields.hash("paper"), fields.text("registrar"), _parts(fields),
            fields.octets("sig", ED25519_SIGNATURE_BYTES),
        )  # fmt: skip

    def _unsigned(self) -> bytes:
        return encode(self._value())

    def _value(self) -> dict[str, Value]:
        paper, parts = b64u(self.paper), _part_values(self.parts)
        return {"type": ISSUED_BY_V1, "paper": paper, "registrar": self.registrar, "parts": parts}


def _part_values(parts: Iterable[IssuedPart]) -> list[Value]:
    return [{"id": p.id, "roll": p.roll, "tokens": p.tokens, "root": b64u(p.root)} for p in parts]


def _parts(fields: Fields) -> tuple[IssuedPart, ...]:
    parts = []
    for inside in fields.parts("parts"):
        part = IssuedPart(
            inside.name("id"), inside.count("roll"), inside.count("tokens"), inside.hash("root")
        )
        inside.end()
        parts.append(part)
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class Void:
    """Leaf `folkmoot/void/v1`: slips that were not drawn, or given back, and never count.

    Shapes: 1 to 1,000 SHA-256(pk), ascending.
    """

    paper: bytes
    stratum: str
    hashes: tuple[bytes, ...]

    def encode(self) -> bytes:
        hashes = [*map(b64u, self.hashes)]
        return encode({"type": VOID_V1, "paper": b64u(self.paper), "stratum": self.stratum, "hashes": hashes})

    @classmethod
    def read(cls, fields: Fields) -> "Void":
        void = cls(fields.hash("paper"), fields.name("stratum"), fields.hashes("hashes"))
        if not 0 < len(void.hashes) <= MAX_VOID_HASHES or list(void.hashes) != sorted(set(void.hashes)):
            raise fields.refused(f"its hashes are not 1 to {MAX_VOID_HASHES} in ascending order")
        return void


@dataclass(frozen=True, slots=True)
class CloseCell:
    """A cell of ballots as the box leaves it.

    Shapes: `issued` tokens issued or slips drawn; `accepted` different keys that voted; `void` slips voided;
    `key` the private closing key, 32 bytes, empty for a cell that is not opened.
    """

    stratum: str
    channel: str
    issued: int
    accepted: int
    void: int = 0
    key: bytes = b""


@dataclass(frozen=True, slots=True)
class ClosePart:
    """Of one part of the roll: how many drew a slip, how many took a hand paper."""

    id: str
    slips: int
    hand: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A tally sheet of hand papers, counted by two tellers, of one stratum or of several counted together.

    Shapes: `papers` say something valid, `spoiled` do not; `totals` how many papers name each option, empty for
    ranked scales, whose `rankings` are each different answer with how often it was found; `photograph` is the
    SHA-256 of the picture of the sheet.
    """

    strata: tuple[str, ...]
    papers: int
    spoiled: int
    totals: tuple[int, ...]
    tellers: tuple[str, ...]
    photograph: bytes
    rankings: tuple[tuple[Answer, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Close:
    """Leaf `folkmoot/close/v1`: no ballot of the paper follows it."""

    paper: bytes
    cells: tuple[CloseCell, ...]
    parts: tuple[ClosePart, ...]
    sheets: tuple[Sheet, ...] = ()

    def encode(self) -> bytes:
        cells: list[Value] = [
            {
                "stratum": cell.stratum, "channel": cell.channel, "issued": cell.issued,
                "accepted": cell.accepted, "void": cell.void, "key": b64u(cell.key),
            }
            for cell in self.cells
        ]  # fmt: skip
        sheets: list[Value] = [
            {
                "strata": sheet.strata, "papers": sheet.papers, "spoiled": sheet.spoiled, "totals": sheet.totals,
                "rankings": [{"answer": answer, "count": count} for answer, count in sheet.rankings],
                "tellers": sheet.tellers, "photograph": b64u(sheet.photograph),
            }
            for sheet in self.sheets
        ]  # fmt: skip
        parts: list[Value] = [{"id": part.id, "slips": part.slips, "hand": part.hand} for part in self.parts]
        paper = b64u(self.paper)
        return encode({"type": CLOSE_V1, "paper": paper, "cells": cells, "parts": parts, "sheets": sheets})

    @classmethod
    def read(cls, fields: Fields) -> "Close":
        parts = []
        for inside in fields.parts("parts"):
            parts.append(ClosePart(inside.name("id"), inside.count("slips"), inside.count("hand")))
            inside.end()
        cells = tuple(map(_close_cell, fields.parts("cells")))
        return cls(fields.hash("paper"), cells, tuple(parts), tuple(map(_sheet, fields.parts("sheets"))))


def _close_cell(fields: Fields) -> CloseCell:
    cell = CloseCell(
        stratum=fields.name("stratum"),
        channel=read_channel(fields),
        issued=fields.count("issued"),
        accepted=fields.count("accepted"),
        void=fields.count("void"),
        key=fields.octets("key", 0, PRIVATE_KEY_BYTES),
    )
    fields.end()
    return cell


def read_channel(fields: Fields) -> str:
    channel = fields.text("channel")
    if channel not in CHANNELS:
        raise MalformedLeaf(kind=fields.kind, reason=f"there is no channel {channel!r}")
    return channel


def _sheet(fields: Fields) -> Sheet:
    rankings = []
    for inside in fields.parts("rankings"):
        rankings.append((inside.counts("answer"), inside.count("count", least=1)))
        inside.end()
    if rankings != sorted(set(rankings)):
        raise fields.refused("the rankings of a sheet are not in ascending order")
    sheet = Sheet(
        strata=fields.names("strata"),
        papers=fields.count("papers"),
        spoiled=fields.count("spoiled"),
        totals=fields.counts("totals"),
        tellers=fields.texts("tellers"),
        photograph=fields.hash("photograph"),
        rankings=tuple(rankings),
    )
    fields.end()
    return sheet
