"""Where the registrar's leaves may stand: the order of docs/reference/protocol.md, held before anything is appended."""

from collections.abc import Sequence

from folkmoot_kernel.leaves import (
    Ballot,
    Broken,
    Close,
    Issued,
    IssuedBy,
    Leaf,
    Opening,
    Paper,
    Result,
    Spoiled,
    Void,
    parse_leaf,
)

from folkmoot.ballots.box.polls import Poll, Sitting
from folkmoot.ballots.box.problems import Problem
from folkmoot.ballots.box.store import polls as poll_rows
from folkmoot.ballots.box.store.database import Database


class Places:
    """Takes leaves in their order and moves the papers on. Effects: to be used in a transaction."""

    def __init__(self, database: Database, poll: Poll) -> None:
        self.database, self.poll = database, poll

    def take(self, leaves: Sequence[bytes]) -> None:
        """Raises Problem: conflict, malformed, and then nothing of the transaction may be kept."""
        parsed = [parse_leaf(leaf) for leaf in leaves]
        commitments = [leaf.c for leaf in parsed if isinstance(leaf, Opening | Spoiled)]
        cells: dict[bytes, int] = dict(self.database.having("c, cell", "settled", "c", commitments))
        paper_of = {cell.number: cell.paper.id for cell in self.poll.cells}
        for leaf in parsed:
            if isinstance(leaf, Opening | Spoiled):
                self._open(paper_of.get(cells.get(leaf.c, -1)))
            else:
                self._place(leaf)

    def _place(self, leaf: Leaf) -> None:
        if isinstance(leaf, Broken):
            self._require(leaf.poll == self.poll.name, "the leaf is of another poll")
            poll_rows.set_poll(self.database, self.poll.name, "is_broken")
        elif isinstance(leaf, Issued | IssuedBy | Void | Close | Result):
            sitting = self.poll.sittings.get(leaf.paper)
            self._require(sitting is not None, "the leaf is of another poll")
            assert sitting
            self._count(leaf, sitting)
        else:
            assert isinstance(leaf, Paper | Ballot | Opening | Spoiled)
            raise Problem("conflict", "papers and ballots do not come by this door")

    def _count(self, leaf: Issued | IssuedBy | Void | Close | Result, sitting: Sitting) -> None:
        if isinstance(leaf, Issued | IssuedBy):
            self._count_issued(leaf, sitting)
        elif isinstance(leaf, Void):
            self._require(sitting.stage == Sitting.TAKING, "slips are voided before the close leaf")
        elif isinstance(leaf, Close):
            self._require(self.poll.is_closed, "the box is not closed")
            self._require(sitting.is_issued_by_all, "the log does not yet say how many papers were taken")
            self._require(sitting.stage == Sitting.TAKING, "the paper has its close leaf")
            self._set(sitting, stage=Sitting.CLOSED)
        else:
            self._require(
                sitting.stage in (Sitting.CLOSED, Sitting.OPENED), "a result follows the close leaf, once"
            )
            self._set(sitting, stage=Sitting.DONE)

    def _count_issued(self, leaf: Issued | IssuedBy, sitting: Sitting) -> None:
        name = leaf.registrar if isinstance(leaf, IssuedBy) else sitting.paper.registrars[0]
        known = isinstance(leaf, Issued) or name in sitting.paper.further_registrars
        self._require(known, "the paper has no such registrar")
        bit = 1 << sitting.paper.registrars.index(name)
        is_fresh = not sitting.issued & bit and sitting.stage == Sitting.TAKING
        self._require(is_fresh, "papers were counted before")
        self._set(sitting, issued=sitting.issued | bit)

    def _open(self, paper: bytes | None) -> None:
        self._require(paper is not None, "no ballot in the log has this commitment")
        assert paper
        sitting = self.poll.sittings[paper]
        self._require(
            sitting.stage in (Sitting.CLOSED, Sitting.OPENED), "openings follow close and precede the result"
        )
        if sitting.stage == Sitting.CLOSED:
            self._set(sitting, stage=Sitting.OPENED)

    def _set(self, sitting: Sitting, *, issued: int | None = None, stage: int | None = None) -> None:
        if issued is not None:
            sitting.issued = issued
            poll_rows.set_paper(self.database, sitting.paper.id, "is_issued", issued)
        if stage is not None:
            sitting.stage = stage
            poll_rows.set_paper(self.database, sitting.paper.id, "stage", stage)

    @staticmethod
    def _require(holds: bool, why: str) -> None:  # noqa: FBT001 - a condition reads best first
        if not holds:
            raise Problem("conflict", why)
