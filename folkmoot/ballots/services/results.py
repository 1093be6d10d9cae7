"""The result: every channel through the kernel's one tally, the verdicts beside it, and a poll that is broken."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from folkmoot_kernel.cells import settle_cell
from folkmoot_kernel.errors import LotNeeded
from folkmoot_kernel.leaves import Broken, ResultCell, Tally
from folkmoot_kernel.leaves import Result as ResultLeaf
from folkmoot_kernel.papers import HAND
from folkmoot_kernel.tally import Pile, Totals, tally
from folkmoot_kernel.thresholds import Base, Share

from folkmoot.ballots import boxes, queries
from folkmoot.ballots.models import Cell, Paper, Poll, Result
from folkmoot.ballots.opened import Counted, Objections, opened_leaves, scale_of
from folkmoot.ballots.services.counting import opened_cells, sheet_strata
from folkmoot.ballots.services.sheets import pile_of
from folkmoot.ballots.services.step import require_state, take_step
from folkmoot.ballots.verdicts import verdicts
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require

AnyPile = Pile | Totals


def publish_result(*, actor: Actor, poll: Poll, seed: str = "", seen: int | None = None) -> Poll:
    """Counts all papers after the objection end and publishes the results. May be repeated.

    Shapes: `seed` is drawn in public after the close; only a transferable vote may need it.
    Raises: Refused before the objection end and when a lot is needed, BoxAway.
    Effects: openings that voters handed in, one result leaf for each paper; journal `poll.result_published`;
    the whole roll is told.
    """
    require(actor, "ballots.publish_result", poll)
    require_state(poll, "publish_result")
    if clock.now() < objection_end(poll):
        raise Refused(_("Voters can still object. The result follows afterwards."))
    objections = boxes.objections(poll.code)
    results = []
    for paper in poll.papers.all():
        counted = _count(paper, objections)
        result = _result(paper, counted, seed)
        boxes.append(poll.code, [result.encode()])
        results.append((paper, result, counted))
    with transaction.atomic():
        take_step(poll, act="publish_result", actor=actor, seen=seen, published_at=clock.now())
        for paper, result, counted in results:
            for cell, found in counted.items():
                Cell.objects.filter(pk=cell.pk).update(spoiled=sum(found.spoiled.values()))
            Result.objects.create(paper=paper, leaf=result.encode(), verdict=verdicts(paper, result))
    return poll


def objection_end(poll: Poll) -> datetime:
    """Until when a voter can open what did not open. Units: a moment; the openings have been published."""
    assert poll.counted_at is not None
    return poll.counted_at + timedelta(hours=poll.objection_hours)


def _count(paper: Paper, objections: Objections) -> dict[Cell, Counted]:
    """Counts what was opened, and puts into the log what voters have opened since."""
    scale, cells = scale_of(paper), opened_cells(paper)
    counted = {cell: Counted() for cell in cells}
    fresh = []
    for cell, leaf in opened_leaves(cells, objections):
        counted[cell].add(scale, leaf)
        if leaf.c in objections:
            fresh.append(leaf.encode())
    boxes.append(paper.poll.code, fresh)
    return counted


def _result(paper: Paper, counted: dict[Cell, Counted], seed: str) -> ResultLeaf:
    """The leaf. Raises Refused when a transferable vote needs a lot."""
    scale, shown, piles = scale_of(paper), [], list[AnyPile]()
    for cell, pile in [*_cells(paper, counted), *_sheets(paper)]:
        if pile is None:
            shown.append(cell)
            continue
        piles.append(pile)
        # A single cell elects nobody, so its lots may come from anywhere.
        one = tally(scale, [pile], seed=seed or "not for this one")
        shown.append(
            ResultCell(cell.strata, cell.channel, cell.accepted, one.spoiled, Tally(one.n, one.distribution))
        )
    try:
        total = tally(scale, piles, seed=seed)
    except LotNeeded:
        raise Refused(_("A lot has to decide. Draw a seed in public and give it here.")) from None
    elected, tied = (total.outcome.elected, total.outcome.tied) if total.outcome else ((), ())
    whole = Tally(total.n, total.distribution, elected, tied)
    return ResultLeaf(paper.id_bytes, tuple(shown), whole, _composition(paper), seed)


def _cells(paper: Paper, counted: dict[Cell, Counted]) -> list[tuple[ResultCell, AnyPile | None]]:
    by_pk = {cell.pk: found for cell, found in counted.items()}
    rows: list[tuple[ResultCell, AnyPile | None]] = []
    for cell in queries.cells_of(paper):
        shown = ResultCell((cell.stratum.code,), cell.channel, cell.accepted or 0, 0, None)
        found = by_pk.get(cell.pk)
        spoiled = sum(found.spoiled.values()) if found else 0
        rows.append((shown, Pile(cell.channel, found.answers, spoiled) if found else None))
    return rows


def _sheets(paper: Paper) -> list[tuple[ResultCell, AnyPile | None]]:
    rows: list[tuple[ResultCell, AnyPile | None]] = []
    for sheet in queries.sheets_of(paper):
        on_it = sheet.papers + sheet.spoiled
        is_opened = settle_cell(on_it, k=paper.poll.k).holds
        rows.append(
            (ResultCell(sheet_strata(sheet), HAND, on_it, 0, None), pile_of(sheet) if is_opened else None)
        )
    return rows


def _composition(paper: Paper) -> tuple[bool, ...]:
    """Whether each rule was kept by the papers taken. Source: S4.12, checked again on turnout."""
    codes = {stratum.pk: stratum.code for stratum in paper.poll.strata.all()}
    taken = {codes[stratum]: issue.taken for stratum, issue in queries.issues_of(paper).items()}
    kept = []
    for rule in paper.poll.composition:
        numerator, denominator = rule["share"]
        share = Share(numerator, denominator, strict=bool(rule["strict"]), base=Base.APPRAISERS)
        kept.append(share.holds(sum(taken.get(code, 0) for code in rule["parts"]), sum(taken.values())))
    return tuple(kept)


def declare_broken(*, actor: Actor, poll: Poll, reason: str, seen: int | None = None) -> Poll:
    """Says in the log that this poll does not count, and why. Effects: journal `poll.declared_broken`; all are told.

    Raises: Refused without a reason, BoxAway.
    """
    require(actor, "ballots.declare_broken", poll)
    require_state(poll, "declare_broken")
    if not reason.strip():
        raise Refused(_("Say why this vote does not count: everybody reads it."))
    boxes.append(poll.code, [Broken(poll.code, reason).encode()])
    with transaction.atomic():
        take_step(poll, act="declare_broken", actor=actor, seen=seen, broken_reason=reason, text=reason)
    return poll
