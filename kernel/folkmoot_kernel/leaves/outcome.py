"""What comes out of the box: ballots opened, ballots that did not open, the result, and a poll that broke."""

import re
from dataclasses import dataclass
from typing import Final

from folkmoot_kernel.encoding import Value, b64u, encode, read_b64u, unb64u
from folkmoot_kernel.errors import MalformedBase64, MalformedLeaf
from folkmoot_kernel.fields import Fields, read_exactly
from folkmoot_kernel.leaves.counts import read_channel

OPENING_V1: Final = "folkmoot/opening/v1"
SPOILED_V1: Final = "folkmoot/spoiled/v1"
RESULT_V1: Final = "folkmoot/result/v1"
BROKEN_V1: Final = "folkmoot/broken/v1"
R_BYTES: Final = 32
MAX_SEALED_BYTES: Final = (
    512  # the longest answer of any scale, sealed, has 405; a verifier holds all of these
)


# A leaf that fits is canonical, but for the unused bits of `a`, which `unb64u` looks at.
_OPENING = re.compile(
    rb'\{"a":"([A-Za-z0-9_-]*)","c":"([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])",'
    rb'"r":"([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])","type":"folkmoot/opening/v1"\}'
)


@dataclass(frozen=True, slots=True)
class Opening:
    """Leaf `folkmoot/opening/v1`: what the ballot with the commitment `c` says. `a` is the answer, unpadded."""

    c: bytes
    r: bytes
    a: bytes

    def encode(self) -> bytes:
        # Written out, because there is one for every ballot. A test holds it equal to `encoding.encode`.
        a, c, r = b64u(self.a), b64u(self.c), b64u(self.r)
        return f'{{"a":"{a}","c":"{c}","r":"{r}","type":"{OPENING_V1}"}}'.encode("ascii")

    @classmethod
    def decode(cls, data: bytes) -> "Opening":
        """Read a leaf and refuse every other spelling. Raises: NotCanonical, RecordTooLong, MalformedLeaf."""
        found = _OPENING.fullmatch(data)
        if found is None:  # says what is wrong
            return read_exactly(cls.read, data, OPENING_V1)
        a, c, r = found.groups()
        try:
            return cls(read_b64u(c), read_b64u(r), unb64u(a.decode("ascii")))
        except MalformedBase64:
            raise MalformedLeaf(kind=OPENING_V1, reason="its base64url has another spelling") from None

    @classmethod
    def read(cls, fields: Fields) -> "Opening":
        if fields.text("type") != OPENING_V1:
            raise fields.refused("its type is another")
        return cls(fields.hash("c"), fields.octets("r", R_BYTES), fields.octets("a"))


@dataclass(frozen=True, slots=True)
class Spoiled:
    """Leaf `folkmoot/spoiled/v1`: the sealed answer `o` of the ballot with the commitment `c` does not open to it.

    An opening of the same `c` after it, from what the voter handed in before the objection end, takes it back.
    """

    c: bytes
    o: bytes

    def encode(self) -> bytes:
        return encode({"type": SPOILED_V1, "c": b64u(self.c), "o": b64u(self.o)})

    @classmethod
    def read(cls, fields: Fields) -> "Spoiled":
        spoiled = cls(fields.hash("c"), fields.octets("o"))
        if len(spoiled.o) > MAX_SEALED_BYTES:
            raise fields.refused(f"its sealed answer has more than {MAX_SEALED_BYTES} bytes")
        return spoiled


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers counted.

    Shapes: `counts` for each option in the paper's order (ranked scales: how often it stands first); `n` answers;
    `elected` the positions of the options that take places, `tied` of those with the same claim to what is left.
    Both are empty in single cells, and where grades or yes and no are only shown.
    """

    n: int
    counts: tuple[int, ...]
    elected: tuple[int, ...] = ()
    tied: tuple[int, ...] = ()

    @property
    def value(self) -> Value:
        return {"n": self.n, "counts": self.counts, "elected": self.elected, "tied": self.tied}

    @classmethod
    def read(cls, fields: Fields) -> "Tally":
        tally = cls(
            fields.count("n"), fields.counts("counts"), fields.counts("elected"), fields.counts("tied")
        )
        fields.end()
        return tally


@dataclass(frozen=True, slots=True)
class ResultCell:
    """One cell, or one sheet, in the result.

    Shapes: `strata` has several names only for a sheet counted together; `accepted` different keys, or papers;
    `spoiled` those among them that say nothing valid; `tally` None for a cell that is not opened.
    """

    strata: tuple[str, ...]
    channel: str
    accepted: int
    spoiled: int
    tally: Tally | None


@dataclass(frozen=True, slots=True)
class Result:
    """Leaf `folkmoot/result/v1`.

    Shapes: `cells` in the order of the paper's strata and channels, then the sheets in the order of CLOSE;
    `composition` for each rule of the paper whether it was kept; `seed` decides lots of a transferable vote and
    is drawn in public after the close.
    """

    paper: bytes
    cells: tuple[ResultCell, ...]
    total: Tally
    composition: tuple[bool, ...] = ()
    seed: str = ""

    def encode(self) -> bytes:
        cells = [_cell_value(cell) for cell in self.cells]
        kept = [*map(int, self.composition)]
        return encode(
            {
                "type": RESULT_V1, "paper": b64u(self.paper), "cells": cells, "total": self.total.value,
                "composition": kept, "seed": self.seed,
            }
        )  # fmt: skip

    @classmethod
    def read(cls, fields: Fields) -> "Result":
        kept = fields.counts("composition")
        if not set(kept) <= {0, 1}:
            raise fields.refused("a rule of composition is kept, 1, or not, 0")
        return cls(
            paper=fields.hash("paper"),
            cells=tuple(map(_result_cell, fields.parts("cells"))),
            total=Tally.read(fields.part("total")),
            composition=tuple(map(bool, kept)),
            seed=fields.text("seed"),
        )


def _cell_value(cell: ResultCell) -> Value:
    value: dict[str, Value] = {
        "strata": cell.strata, "channel": cell.channel, "accepted": cell.accepted, "spoiled": cell.spoiled,
    }  # fmt: skip
    if cell.tally is not None:
        value["tally"] = cell.tally.value
    return value


def _result_cell(fields: Fields) -> ResultCell:
    tally = Tally.read(fields.part("tally")) if "tally" in fields else None
    cell = ResultCell(
        strata=fields.names("strata"),
        channel=read_channel(fields),
        accepted=fields.count("accepted"),
        spoiled=fields.count("spoiled"),
        tally=tally,
    )
    fields.end()
    return cell


@dataclass(frozen=True, slots=True)
class Broken:
    """Leaf `folkmoot/broken/v1`: this poll cannot be trusted any more, for instance after a restore."""

    poll: str
    reason: str

    def encode(self) -> bytes:
        return encode({"type": BROKEN_V1, "poll": self.poll, "reason": self.reason})

    @classmethod
    def read(cls, fields: Fields) -> "Broken":
        return cls(fields.name("poll"), fields.text("reason"))
