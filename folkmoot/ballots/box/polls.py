"""The polls of this box as every worker holds them in memory, keys read once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from folkmoot_kernel.notes import SigningKey
from folkmoot_kernel.papers import SLIP, TOKEN, Paper, Stratum
from folkmoot_kernel.sealing import sealed_bytes
from folkmoot_kernel.tokens import TokenChallenge

AT_A_WORD_SECONDS = 7 * 86_400  # a promise for a paper that closes at the chair's word
AFTER_CLOSE_SECONDS = 3_600


@dataclass
class Sitting:
    """One paper and how far it is.

    Shapes: `issued` one bit for each registrar whose numbers the log has, the first one's lowest; `stage` counts
    close, openings and result.
    """

    paper: Paper
    is_casting: bool
    issued: int
    stage: int

    TAKING, CLOSED, OPENED, DONE = range(4)

    @property
    def is_issued(self) -> bool:
        """Whether the first registrar has said how many papers were taken: before casting opens."""
        return bool(self.issued & 1)

    @property
    def is_issued_by_all(self) -> bool:
        return self.issued == (1 << len(self.paper.registrars)) - 1


@dataclass(frozen=True)
class Cell:
    """Paper, stratum and channel; `number` stands for it in rows."""

    number: int
    sitting: Sitting
    stratum: Stratum
    channel: str
    slips: frozenset[bytes] = frozenset()
    voided: frozenset[bytes] = frozenset()

    @property
    def paper(self) -> Paper:
        return self.sitting.paper

    @cached_property
    def tokens(self) -> tuple[tuple[bytes, bytes], ...]:
        """For each registrar its key, and the digest of the challenge that its token answers; none for slips."""
        if self.channel != TOKEN or self.stratum.token is None:
            return ()
        return tuple(
            (key, TokenChallenge(name, self.paper.id, self.paper.box).digest)
            for key, name in zip(self.stratum.token.keys, self.paper.registrars, strict=True)
        )

    @cached_property
    def sealed_bytes(self) -> int:
        """How long each sealed answer is."""
        return sealed_bytes(self.paper.scale.longest_answer_bytes)


@dataclass
class Poll:
    """One poll with its papers and cells."""

    name: str
    key: SigningKey
    roll_size: int
    is_closed: bool
    is_broken: bool
    sittings: Mapping[bytes, Sitting] = field(default_factory=dict)
    cells: tuple[Cell, ...] = ()

    @property
    def origin(self) -> str:
        return self.key.name

    def deadline(self, now: int) -> int:
        """Until when a ballot committed now is in the log. Units: seconds since 1970."""
        ends = [sitting.paper.calendar.closes for sitting in self.sittings.values()]
        return max(ends) + AFTER_CLOSE_SECONDS if all(ends) else now + AT_A_WORD_SECONDS


@dataclass(frozen=True)
class Polls:
    """All polls at one version of the store."""

    version: int
    by_name: Mapping[str, Poll]

    @cached_property
    def cells(self) -> Mapping[tuple[bytes, str, str], Cell]:
        return {
            (cell.paper.id, cell.stratum.id, cell.channel): cell
            for poll in self.by_name.values()
            for cell in poll.cells
        }

    @cached_property
    def by_cell(self) -> Mapping[int, tuple[Poll, Cell]]:
        return {cell.number: (poll, cell) for poll in self.by_name.values() for cell in poll.cells}


CHANNELS = (TOKEN, SLIP)  # those of the box; hand papers never come here
