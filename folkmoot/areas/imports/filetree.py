"""The tree as a file tells it: codes as numbers, so that millions of rows fit into memory.

A code gets its number when it is first met, as a row or as somebody's parent; a number without a line was
only mentioned. Every array is indexed by number.
"""

from array import array
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NO_PARENT = -1
Mask = NDArray[np.bool_]
Numbers = NDArray[np.integer]


class FileTree:
    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._lines = array("I")
        self._ranks = array("H")
        self._parents = array("i")
        self._at_line = array("i")

    def __len__(self) -> int:
        return len(self._lines)

    def number(self, code: str) -> int:
        """The number of a code, given now if it is new."""
        number = self.numbers.get(code)
        if number is None:
            number = self.numbers[code] = len(self._lines)
            self._lines.append(0)
            self._ranks.append(0)
            self._parents.append(NO_PARENT)
        return number

    def add(self, line: int, code: str, rank: int, parent: str) -> None:
        """Notes a row; of two rows with one code the first one counts. Shapes: rank 0 is unknown."""
        number = self.number(code)
        while len(self._at_line) <= line:
            self._at_line.append(-1)
        self._at_line[line] = number
        if not self._lines[number]:
            self._lines[number], self._ranks[number] = line, rank
            if parent:
                self._parents[number] = self.number(parent)

    def at_line(self, line: int) -> int:
        """The number of the row on a line."""
        return self._at_line[line]

    def line_of(self, code: str) -> int:
        return self._lines[self.numbers[code]]

    def forget_codes(self) -> None:
        """Frees most of the memory, once every row is known by its line."""
        self.numbers.clear()

    def row(self, number: int) -> tuple[int, int, int]:
        """Line, rank and parent of a number."""
        return self._lines[number], self._ranks[number], self._parents[number]

    def set_rank(self, number: int, rank: int) -> None:
        self._ranks[number] = rank

    @property
    def lines(self) -> Numbers:
        return np.array(self._lines)

    @property
    def ranks(self) -> Numbers:
        return np.array(self._ranks)

    @property
    def parents(self) -> Numbers:
        return np.array(self._parents)

    def codes(self, chosen: Iterable[int]) -> dict[int, str]:
        """The codes of a few numbers."""
        wanted = set(chosen)
        return {number: code for code, number in self.numbers.items() if number in wanted}

    def orphans(self, is_known: Mask) -> Numbers:
        """Rows whose parent is neither a row nor known otherwise."""
        lines, parents = self.lines, self.parents
        has_parent = (lines > 0) & (parents != NO_PARENT)
        return np.flatnonzero(has_parent & (lines[parents] == 0) & ~is_known[parents])

    def disordered(self) -> Numbers:
        """Rows that do not stand lower than their parent. Every circle has at least one of them."""
        ranks, parents = self.ranks, self.parents
        has_both = (self.lines > 0) & (parents != NO_PARENT) & (ranks > 0) & (ranks[parents] > 0)
        return np.flatnonzero(has_both & (ranks[parents] >= ranks))

    def tops(self) -> Numbers:
        """Rows without a parent, highest level first."""
        tops = np.flatnonzero((self.lines > 0) & (self.parents == NO_PARENT))
        return tops[np.argsort(self.ranks[tops], kind="stable")]

    def circle_through(self, number: int) -> list[int]:
        """The way from a row up to itself again, or nothing."""
        way, at = [number], self._parents[number]
        seen = {number}
        while at not in seen:
            if at == NO_PARENT:
                return []
            way.append(at)
            seen.add(at)
            at = self._parents[at]
        return way if at == number else []

    def with_descendants(self, chosen: Mask) -> Mask:
        """The chosen rows and all rows below them."""
        parents = self.parents
        under = parents != NO_PARENT
        while True:
            more = chosen | (under & chosen[parents])
            if (more == chosen).all():
                return chosen
            chosen = more

    def counts_below(self, counted: Mask) -> "CountsBelow":
        """How many of the counted rows stand below each number, up to the first number that is not counted."""
        ranks, parents = self.ranks, self.parents
        names, place = np.unique(ranks, return_inverse=True)
        holders = np.unique(parents[parents != NO_PARENT])
        rows = np.flatnonzero(counted)
        counts, above = np.zeros((len(holders), len(names)), dtype=np.uint32), parents[rows]
        while (is_in := above != NO_PARENT).any():
            rows, above = rows[is_in], above[is_in]
            np.add.at(counts, (np.searchsorted(holders, above), place[rows]), 1)
            above = np.where(counted[above], parents[above], NO_PARENT)
        of_holder = dict(zip(holders.tolist(), range(len(holders)), strict=True))
        return CountsBelow([str(rank) for rank in names], of_holder, counts)


class CountsBelow(NamedTuple):
    """Shapes: `counts` has a row for each number that is somebody's parent, a column for each rank."""

    ranks: list[str]
    of_holder: dict[int, int]
    counts: NDArray[np.uint32]

    def of(self, number: int) -> dict[str, int]:
        """The counts below a number by rank, without zeros."""
        place = self.of_holder.get(number)
        if place is None:
            return {}
        pairs = zip(self.ranks, self.counts[place].tolist(), strict=True)
        return {rank: count for rank, count in pairs if count}
