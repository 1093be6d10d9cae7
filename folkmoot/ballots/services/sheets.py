"""Hand papers: counted after the close, written on sheets by one teller and confirmed by another."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.scales import RANKED, Scale
from folkmoot_kernel.tally import Pile, Totals, tally

from folkmoot.ballots import queries
from folkmoot.ballots.models import Channel, HandSheet, Paper, Poll, Stratum
from folkmoot.ballots.services.step import require_state, take_step
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require
from folkmoot.media.models import Attachment
from folkmoot.media.services import attach, erase
from folkmoot.people.models import Person

Rankings = Sequence[tuple[tuple[int, ...], int]]


def enter_sheet(
    *, actor: Actor, paper: Paper, strata: Collection[Stratum], papers: int, spoiled: int = 0,
    totals: Sequence[int] = (), rankings: Rankings = (), photo: Attachment, seen: int | None = None,
) -> HandSheet:  # fmt: skip
    """The first teller writes down what was counted of one paper, with a photograph of the sheet.

    Shapes: `strata` those of one of `queries.planned_sheets`; `papers` valid ones; `totals` how many name each
    option; ranked scales have `rankings` instead. A sheet with fewer than k papers has their number only.
    Raises: Refused with what does not fit. Effects: journal `poll.sheet_entered`.
    """
    poll = paper.poll
    require(actor, "ballots.enter_sheet", poll)
    require_state(poll, "enter_sheet")
    teller = _teller(actor)
    sheet = HandSheet(
        paper=paper, papers=papers, spoiled=spoiled, totals=list(totals), photo=photo,
        rankings=[[list(answer), number] for answer, number in sorted(rankings)],
        first_teller=teller, first_name=str(teller),
    )  # fmt: skip
    _require_place(paper, strata, papers + spoiled)
    _require_counts(sheet)
    with transaction.atomic():
        take_step(poll, act="enter_sheet", actor=actor, seen=seen, params={"paper": paper.order})
        attach(photo)
        sheet.save(force_insert=True)
        sheet.strata.set(strata)
    return sheet


def confirm_sheet(*, actor: Actor, sheet: HandSheet, seen: int | None = None) -> HandSheet:
    """The second teller has counted the same. Raises: Refused for the first one. Effects: `poll.sheet_confirmed`."""
    poll = sheet.paper.poll
    require(actor, "ballots.confirm_sheet", poll)
    require_state(poll, "confirm_sheet")
    teller = _teller(actor)
    if teller.pk == sheet.first_teller_id:
        raise Refused(_("Another teller has to confirm this sheet: two people count."))
    with transaction.atomic():
        take_step(poll, act="confirm_sheet", actor=actor, seen=seen, params={"paper": sheet.paper.order})
        sheet.second_teller, sheet.second_name = teller, str(teller)
        sheet.save(update_fields=["second_teller", "second_name"])
    return sheet


def drop_sheet(*, actor: Actor, sheet: HandSheet, seen: int | None = None) -> None:
    """Takes a wrong sheet out, so that it can be written anew. Effects: journal `poll.sheet_dropped`."""
    poll = sheet.paper.poll
    require(actor, "ballots.drop_sheet", poll)
    with transaction.atomic():
        take_step(poll, act="drop_sheet", actor=actor, seen=seen, params={"paper": sheet.paper.order})
        photo = sheet.photo
        HandSheet.objects.filter(pk=sheet.pk).delete()
        erase([photo])


def _teller(actor: Actor) -> Person:
    if actor.person_id is None:
        raise Refused(_("A teller is a person with a name."))
    return Person.objects.get(pk=actor.person_id)


def _require_place(paper: Paper, strata: Collection[Stratum], on_it: int) -> None:
    """Raises Refused unless the sheet is one of those planned, not written yet, and not fuller than can be."""
    wanted = {stratum.code for stratum in strata}
    planned = next((each for each in queries.planned_sheets(paper) if set(each.groups) == wanted), None)
    if planned is None:
        raise Refused(_("There is no sheet for these groups together."))
    if any(
        {s.code for s in sheet.strata.all()} == wanted for sheet in paper.sheets.prefetch_related("strata")
    ):
        raise Refused(_("The sheet of these groups is written already."))
    if on_it > planned.papers:
        raise Refused(_("%(given)d papers were given out; there cannot be %(counted)d.") % {
            "given": planned.papers, "counted": on_it,
        })  # fmt: skip


def _require_counts(sheet: HandSheet) -> None:
    paper = sheet.paper
    if min((sheet.papers, sheet.spoiled, *sheet.totals)) < 0:
        raise Refused(_("No number can be below zero."))
    if sheet.papers + sheet.spoiled < paper.poll.k:
        if sheet.totals or sheet.rankings or sheet.spoiled:
            why = _("Fewer than %(k)d papers are not counted out: give their number only.")
            raise Refused(why % {"k": paper.poll.k})
        return
    try:
        tally(Scale(paper.scale, tuple(paper.options), paper.places), [pile_of(sheet)], seed="only a check")
    except KernelError:
        raise Refused(_("These numbers do not fit together: please count again.")) from None


def pile_of(sheet: HandSheet) -> Pile | Totals:
    """What a sheet says, as it is counted. Raises kernel errors for answers that are none."""
    paper = sheet.paper
    scale = Scale(paper.scale, tuple(paper.options), paper.places)
    if paper.scale not in RANKED:
        return Totals(Channel.HAND, sheet.papers, tuple(sheet.totals), sheet.spoiled)
    answers = [(tuple(answer), number) for answer, number in sheet.rankings]
    return Pile.of_answers(scale, Channel.HAND, answers, sheet.spoiled)


def has_all_sheets(poll: Poll) -> bool:
    """Whether every planned sheet is written and confirmed."""
    for paper in poll.papers.all():
        written = {
            frozenset(stratum.code for stratum in sheet.strata.all())
            for sheet in paper.sheets.prefetch_related("strata") if sheet.is_confirmed
        }  # fmt: skip
        if not {frozenset(each.groups) for each in queries.planned_sheets(paper)} <= written:
            return False
    return True
