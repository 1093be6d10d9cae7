"""From the close to the openings: keys, void slips, close leaves, and every answer that may be opened."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from folkmoot_kernel.cells import settle_cell
from folkmoot_kernel.encoding import b64u, unb64u
from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.hpke import RecipientKey
from folkmoot_kernel.leaves import MAX_VOID_HASHES, Close, CloseCell, ClosePart, Sheet, Void, slip_hash

from folkmoot.ballots import boxes, queries
from folkmoot.ballots.models import Cell, Channel, HandSheet, Issue, Paper, Poll, SlipList
from folkmoot.ballots.opened import opened_leaves
from folkmoot.ballots.services.issuing import parts_in_order
from folkmoot.ballots.services.sheets import has_all_sheets
from folkmoot.ballots.services.step import require_state, take_step
from folkmoot.ballots.slips import packed, unpacked
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require

Keys = Mapping[str, str]  # private closing keys by public one, both base64url


def hand_over_keys(*, actor: Actor, poll: Poll, seen: int | None = None) -> dict[str, str]:
    """Gives the closing keys to the named teller, once, and keeps none of them.

    Shapes: private by public key, both base64url: what `publish_openings` takes. Raises: Refused without a teller.
    Effects: journal `poll.keys_handed_over`.
    """
    require(actor, "ballots.hand_over_keys", poll)
    if not poll.teller:
        raise Refused(_("This vote has no teller of its own: the keys stay here."))
    with transaction.atomic():
        take_step(poll, act="hand_over_keys", actor=actor, seen=seen)
        cells = Cell.objects.filter(paper__poll=poll).exclude(private="")
        keys = {b64u(bytes(cell.public)): cell.private for cell in cells}
        cells.update(private="")
        if not keys:
            raise Refused(_("The keys were handed over already."))
    return keys


def publish_openings(
    *, actor: Actor, poll: Poll, keys: Keys | None = None, seen: int | None = None
) -> Poll:  # fmt: skip
    """Publishes the close leaves with the keys of all cells of k or more, and every answer in them.

    May be repeated: the leaves come out the same, and the box takes each once. Raises: Refused while a sheet or a
    key is missing, BoxAway. Effects: journal `poll.openings_published`; the keys of unopened cells are erased.
    """
    require(actor, "ballots.publish_openings", poll)
    require_state(poll, "publish_openings")
    if not has_all_sheets(poll):
        raise Refused(_("A sheet of hand papers is not written or not confirmed yet."))
    _require_numbers(poll)
    _take_keys(poll, keys or {})
    papers = list(poll.papers.all())
    for paper in papers:
        _void_slips(paper)
        boxes.append(poll.code, [leaf.encode() for leaf in _void_leaves(paper)])
    boxes.append(poll.code, [_close_leaf(paper).encode() for paper in papers])
    for paper in papers:
        leaves = opened_leaves(opened_cells(paper), {})
        boxes.append(poll.code, (leaf.encode() for _cell, leaf in leaves))
    with transaction.atomic():
        _destroy_unopened(poll)
        take_step(poll, act="publish_openings", actor=actor, seen=seen, counted_at=clock.now())
    return poll


def _require_numbers(poll: Poll) -> None:
    """Raises Refused until the second registrar has said how many tokens it issued: nothing is counted before."""
    agreement = queries.agreement_on(poll)
    if agreement and not agreement.numbers:
        said = {"host": poll.second_registrar}
        raise Refused(_("The numbers of %(host)s are missing. Bring the file that it has signed.") % said)


def opened_cells(paper: Paper) -> list[Cell]:
    """The cells in which k or more voted."""
    return [
        cell
        for cell in queries.cells_of(paper)
        if settle_cell(cell.accepted or 0, k=paper.poll.k).holds
    ]  # fmt: skip


def _take_keys(poll: Poll, keys: Keys) -> None:
    """Puts the teller's keys of the cells that are opened back. Raises Refused when one is missing or another."""
    for paper in poll.papers.all():
        for cell in opened_cells(paper):
            if not cell.private:
                cell.private = keys.get(b64u(bytes(cell.public)), "")
                if not _fits(cell):
                    raise Refused(_("A closing key is missing. Bring the file that the teller holds."))
                Cell.objects.filter(pk=cell.pk).update(private=cell.private)


def _fits(cell: Cell) -> bool:
    try:
        return RecipientKey(unb64u(cell.private)).public == bytes(cell.public)
    except KernelError:
        return False


def _destroy_unopened(poll: Poll) -> None:
    kept = {cell.pk for paper in poll.papers.all() for cell in opened_cells(paper)}
    Cell.objects.filter(paper__poll=poll).exclude(pk__in=kept).update(private="")


def _void_slips(paper: Paper) -> None:
    """Voids as many slips as were printed and neither drawn nor handed back: none that has voted, the lowest first.

    A slip that got lost cannot vote any more, because the box is closed; which one it was need not be known.
    """
    for slips in _slip_lists(paper):
        head, void = slips.batch.stratum_id, set(unpacked(bytes(slips.void)))
        missing = slips.batch.printed - _drawn(paper, head) - len(void)
        if missing > 0:
            voted = _voted(paper, slips)
            left = [each for each in unpacked(bytes(slips.hashes)) if each not in void and each not in voted]
            slips.void = packed([*void, *left[:missing]])
            slips.save(update_fields=["void"])


def _voted(paper: Paper, slips: SlipList) -> set[bytes]:
    stratum = slips.batch.stratum.code
    found = boxes.envelopes(paper.poll.code, paper=paper.id_bytes, stratum=stratum, channel=Channel.SLIP)
    return {slip_hash(envelope.pk) for envelope in found}


def _drawn(paper: Paper, head_id: int) -> int:
    return sum(issue.slips for issue in _issues_in(paper, head_id))


def _issues_in(paper: Paper, head_id: int) -> Iterable[Issue]:
    parts = {part.pk for part in paper.poll.strata.all() if part.votes_in_id == head_id}
    return (issue for stratum, issue in queries.issues_of(paper).items() if stratum in parts)


def _slip_lists(paper: Paper) -> list[SlipList]:
    lists = SlipList.objects.filter(paper=paper).select_related("batch__stratum")
    return sorted(lists, key=lambda slips: (slips.batch.stratum.order, slips.batch.stratum_id))


def _void_leaves(paper: Paper) -> Iterator[Void]:
    for slips in _slip_lists(paper):
        hashes = unpacked(bytes(slips.void))
        for start in range(0, len(hashes), MAX_VOID_HASHES):
            part = tuple(hashes[start : start + MAX_VOID_HASHES])
            yield Void(paper.id_bytes, slips.batch.stratum.code, part)


def _close_leaf(paper: Paper) -> Close:
    issues, opened = queries.issues_of(paper), {cell.pk for cell in opened_cells(paper)}
    void = {slips.batch.stratum_id: len(unpacked(bytes(slips.void))) for slips in _slip_lists(paper)}
    cells = tuple(
        CloseCell(
            stratum=cell.stratum.code, channel=cell.channel, issued=_issued(paper, cell),
            accepted=cell.accepted or 0, void=void.get(cell.stratum_id, 0) if cell.channel == Channel.SLIP else 0,
            key=unb64u(cell.private) if cell.pk in opened else b"",
        )
        for cell in queries.cells_of(paper)
    )  # fmt: skip
    parts = tuple(
        ClosePart(part.code, issues[part.pk].slips, issues[part.pk].hand)
        for part in parts_in_order(paper.poll)
    )
    return Close(paper.id_bytes, cells, parts, tuple(map(_sheet_leaf, queries.sheets_of(paper))))


def _issued(paper: Paper, cell: Cell) -> int:
    issues = _issues_in(paper, cell.stratum_id)
    return sum(issue.tokens if cell.channel == Channel.TOKEN else issue.slips for issue in issues)


def _sheet_leaf(sheet: HandSheet) -> Sheet:
    rankings: Sequence[tuple[tuple[int, ...], int]] = [
        (tuple(answer), count) for answer, count in sheet.rankings
    ]
    return Sheet(
        strata=sheet_strata(sheet), papers=sheet.papers, spoiled=sheet.spoiled, totals=tuple(sheet.totals),
        tellers=(sheet.first_name, sheet.second_name), photograph=bytes.fromhex(sheet.photo.sha256),
        rankings=tuple(rankings),
    )  # fmt: skip


def sheet_strata(sheet: HandSheet) -> tuple[str, ...]:
    """The groups counted on a sheet, in their order."""
    return tuple(stratum.code for stratum in sorted(sheet.strata.all(), key=lambda s: (s.order, s.pk)))
