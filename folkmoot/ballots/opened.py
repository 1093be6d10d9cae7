"""The sealed answers of a closed poll, opened: what counts, and what is spoiled.

Both the openings in the log and the result are made from here, so that they cannot differ.
"""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from folkmoot_kernel.encoding import unb64u
from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.hpke import RecipientKey
from folkmoot_kernel.leaves import Opening, Spoiled
from folkmoot_kernel.scales import Scale
from folkmoot_kernel.sealing import Opening as SealedOpening
from folkmoot_kernel.sealing import unseal_opening, verify_opening
from folkmoot_kernel.tally import code_of

from folkmoot.ballots import boxes
from folkmoot.ballots.boxes import Envelope
from folkmoot.ballots.models import Cell, Paper

Objections = Mapping[bytes, SealedOpening]


@dataclass(frozen=True)
class Counted:
    """The answers of one cell, code by code, and how many ballots say nothing valid."""

    answers: Counter[int] = field(default_factory=Counter)
    spoiled: Counter[str] = field(default_factory=Counter)  # "unopened" or "no answer"

    def add(self, scale: Scale, leaf: Opening | Spoiled) -> None:
        if isinstance(leaf, Spoiled):
            self.spoiled["unopened"] += 1
            return
        try:
            self.answers[code_of(scale, scale.choices(leaf.a))] += 1
        except KernelError:
            self.spoiled["no answer"] += 1


def opened_leaves(cells: list[Cell], objections: Objections) -> Iterator[tuple[Cell, Opening | Spoiled]]:
    """Every ballot that counts in these cells of one paper, opened or spoiled, in ascending order of c."""
    streams = [_opened_cell(cell, objections) for cell in cells]
    yield from heapq.merge(*streams, key=lambda found: found[1].c)


def _opened_cell(cell: Cell, objections: Objections) -> Iterator[tuple[Cell, Opening | Spoiled]]:
    paper = cell.paper
    key, longest = RecipientKey(unb64u(cell.private)), scale_of(paper).longest_answer_bytes
    found = boxes.envelopes(
        paper.poll.code, paper=paper.id_bytes, stratum=cell.stratum.code, channel=cell.channel
    )
    for envelope in found:
        opening = _unsealed(key, envelope, longest) or _objected(envelope, objections)
        if opening is None:
            yield cell, Spoiled(envelope.c, envelope.o)
        else:
            yield cell, Opening(envelope.c, opening.random, opening.answer)


def _unsealed(key: RecipientKey, envelope: Envelope, longest: int) -> SealedOpening | None:
    try:
        opening = unseal_opening(key, envelope.o, c=envelope.c, longest=longest)
        verify_opening(envelope.pk, envelope.c, opening)
    except KernelError:
        return None
    return opening


def _objected(envelope: Envelope, objections: Objections) -> SealedOpening | None:
    """What the voter herself handed in, if it fits her ballot."""
    opening = objections.get(envelope.c)
    if opening is None:
        return None
    try:
        verify_opening(envelope.pk, envelope.c, opening)
    except KernelError:
        return None
    return opening


def scale_of(paper: Paper) -> Scale:
    return Scale(paper.scale, tuple(paper.options), paper.places)
