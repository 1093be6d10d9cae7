"""The papers of a log as every working process needs them: cells numbered, keys read, slips at hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from folkmoot_kernel.errors import MalformedTokenKey
from folkmoot_kernel.papers import SLIP, TOKEN, Paper, Stratum
from folkmoot_kernel.tokens import TokenChallenge, TokenKey


@dataclass(frozen=True)
class Cell:
    """Paper, stratum and channel of ballots. `number` stands for it in rows."""

    number: int
    paper: int
    stratum: Stratum
    channel: str

    @property
    def closing(self) -> bytes:
        channel = self.stratum.token if self.channel == TOKEN else self.stratum.slip
        return channel.closing if channel else b""


@dataclass(frozen=True)
class Electorate:
    """All papers, and the SHA-256(pk) of all printed slips by paper and stratum."""

    papers: tuple[Paper, ...]
    slips: Mapping[tuple[bytes, str], frozenset[bytes]]

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        places = (
            (number, stratum, channel)
            for number, paper in enumerate(self.papers)
            for stratum in paper.strata
            for channel in (TOKEN, SLIP)
            if channel in stratum.channels
        )
        return tuple(Cell(number, *place) for number, place in enumerate(places))

    @cached_property
    def cell_of(self) -> Mapping[tuple[bytes, str, str], Cell]:
        return {(self.papers[c.paper].id, c.stratum.id, c.channel): c for c in self.cells}

    def cells_of(self, paper: int) -> Iterable[Cell]:
        return (cell for cell in self.cells if cell.paper == paper)

    @cached_property
    def number_of(self) -> Mapping[bytes, int]:
        return {paper.id: number for number, paper in enumerate(self.papers)}

    @cached_property
    def challenges(self) -> tuple[tuple[TokenChallenge, ...], ...]:
        return tuple(
            tuple(TokenChallenge(registrar, paper.id, paper.box) for registrar in paper.registrars)
            for paper in self.papers
        )

    @cached_property
    def token_keys(self) -> Mapping[int, tuple[TokenKey, ...]]:
        """Keys of each cell of tokens; a cell with a key that is none has no keys."""
        return {cell.number: token_keys(cell.stratum) for cell in self.cells if cell.channel == TOKEN}

    @cached_property
    def strata_of_keys(self) -> Mapping[bytes, tuple[int, str]]:
        """Paper and stratum of every token key id."""
        return {
            key.key_id: (self.cells[number].paper, self.cells[number].stratum.id)
            for number, keys in self.token_keys.items()
            for key in keys
        }


def token_keys(stratum: Stratum) -> tuple[TokenKey, ...]:
    try:
        return tuple(map(TokenKey, stratum.token.keys)) if stratum.token else ()
    except MalformedTokenKey:
        return ()
