"""Slips: printed in a batch for each group, dropped while it is a draft, handed back unused, given back for tokens."""

from collections.abc import Iterable, Mapping
from secrets import SystemRandom, token_bytes

from django.db import transaction
from django.utils.translation import gettext as _
from folkmoot_kernel.cells import settle_slips
from folkmoot_kernel.papers import slip_context

from folkmoot.ballots import boxes, queries
from folkmoot.ballots.models import Channel, Paper, Poll, SlipBatch, SlipList, Stratum, Taken
from folkmoot.ballots.printing import slips_pdf
from folkmoot.ballots.services.giving import lock_giving
from folkmoot.ballots.services.settling import settle_strata
from folkmoot.ballots.services.step import require_alone, require_changeable, require_state, take_step
from folkmoot.ballots.slips import hash_in, new_code, normal_slip_code, packed, unpacked
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require

MOST_SLIPS = 20_000


def print_slips(*, actor: Actor, poll: Poll, numbers: Mapping[str, int], seen: int | None = None) -> bytes:
    """Draws the codes of all groups that vote with slips, keeps their hashes, and gives the codes out once, as PDF.

    Shapes: `numbers` how many by the code of the group. Nothing keeps the codes: a lost PDF means dropping the slips.
    Raises: Refused for a group left out and for a number that cannot be. Effects: journal `poll.slips_printed`;
    from now on questions, groups and roll stay as they are.
    """
    require(actor, "ballots.print_slips", poll)
    require_changeable(poll)
    _refuse_unready(poll)
    with transaction.atomic():
        groups = [each for each in settle_strata(poll) if Channel.SLIP in each.channels]
        _require_numbers(numbers, [group.head for group in groups])
        codes = {group.head: _fresh_codes(numbers[group.head.code]) for group in groups}
        for head, drawn in codes.items():
            _keep_hashes(poll, head, drawn)
        take_step(
            poll, act="print_slips", actor=actor, seen=seen, params={"printed": sum(map(len, codes.values()))}
        )
    return slips_pdf(poll, {str(head): drawn for head, drawn in codes.items()})


def _refuse_unready(poll: Poll) -> None:
    """Raises Refused with the first thing that is missing but the slips themselves."""
    for check in queries.checks(poll):
        if not check.holds and check.name in {"papers", "roll", "secret"}:
            raise Refused(check.text)


def _require_numbers(numbers: Mapping[str, int], heads: Iterable[Stratum]) -> None:
    codes = {head.code for head in heads}
    if set(numbers) != codes or not codes:
        raise Refused(_("Say for each group that votes with slips how many are to be printed."))
    if not all(0 < number <= MOST_SLIPS for number in numbers.values()):
        raise Refused(_("Between 1 and %(most)d slips can be printed for a group.") % {"most": MOST_SLIPS})


def _fresh_codes(number: int) -> list[str]:
    codes = [new_code(token_bytes) for _number in range(number)]
    SystemRandom().shuffle(codes)
    return codes


def _keep_hashes(poll: Poll, head: Stratum, codes: list[str]) -> None:
    batch = SlipBatch.objects.create(stratum=head, printed=len(codes))
    SlipList.objects.bulk_create(
        SlipList(
            batch=batch, paper=paper, hashes=packed(hash_in(code, _context(poll, paper)) for code in codes)
        )
        for paper in poll.papers.all()
    )


def _context(poll: Poll, paper: Paper) -> bytes:
    return slip_context(poll.code, paper.words)


def drop_slips(*, actor: Actor, poll: Poll, seen: int | None = None) -> None:
    """Makes all printed slips worthless, so that the draft can be changed. Effects: journal `poll.slips_dropped`."""
    require(actor, "ballots.drop_slips", poll)
    if poll.papers.exclude(leaf_hash="").exists():
        raise Refused(_("The box may have the papers already. Open the poll, or set up another one."))
    require_alone(poll)
    with transaction.atomic():
        take_step(poll, act="drop_slips", actor=actor, seen=seen)
        SlipBatch.objects.filter(stratum__poll=poll).delete()


def return_slips(*, actor: Actor, poll: Poll, stratum: Stratum, codes: Iterable[str]) -> int:
    """Voids unused slips by their codes, scanned or typed: the box refuses them from now on. Returns how many.

    Raises: Refused for a code that was not printed for the group, is void already, or has voted.
    Effects: journal `poll.slips_returned`.
    """
    require(actor, "ballots.return_slips", poll)
    require_state(poll, "return_slips")
    batch = _batch_of(stratum)
    wanted = {normal_slip_code(code) for code in codes}
    left = batch.printed - queries.drawn_slips(poll).get(batch.stratum_id, 0) - batch.returned
    if len(wanted) > left:
        raise Refused(_("Only %(left)d slips of this group are unused.") % {"left": left})
    fresh = {slips: _hashes(poll, slips, wanted) for slips in batch.lists.select_related("paper")}
    _void_at_box(poll, batch.stratum, fresh)
    with transaction.atomic():
        take_step(poll, act="return_slips", actor=actor, params={"returned": len(wanted)})
        for slips, hashes in fresh.items():
            slips.void = packed([*unpacked(bytes(slips.void)), *hashes])
            slips.save(update_fields=["void"])
        batch.returned += len(wanted)
        batch.save(update_fields=["returned"])
    return len(wanted)


def _hashes(poll: Poll, slips: SlipList, codes: Iterable[str]) -> list[bytes]:
    printed, gone = set(unpacked(bytes(slips.hashes))), set(unpacked(bytes(slips.void)))
    hashes = [hash_in(code, _context(poll, slips.paper)) if code else b"" for code in codes]
    if not printed.issuperset(hashes):
        raise Refused(_("One of these codes was not printed for this group."))
    if gone.intersection(hashes):
        raise Refused(_("One of these slips was handed back before."))
    return hashes


def _void_at_box(poll: Poll, head: Stratum, fresh: Mapping[SlipList, list[bytes]]) -> None:
    for slips, hashes in fresh.items():
        if boxes.void(poll.code, paper=slips.paper.id_bytes, stratum=head.code, hashes=hashes):
            raise Refused(_("One of these slips has voted already: it was drawn."))


def give_back_slips(*, actor: Actor, poll: Poll, stratum: Stratum) -> int:
    """Gives the slips of a group back for tokens when fewer than k were drawn: all of its slips are void.

    Whoever drew one takes a paper anew. Returns how many drew one. Raises: Refused when it is no case for that.
    Effects: journal `poll.slips_given_back`, without their number: it is under k.
    """
    require(actor, "ballots.give_back_slips", poll)
    require_state(poll, "give_back_slips")
    batch = _batch_of(stratum)
    head = batch.stratum
    has_tokens = any(part.has_tokens for part in head.parts.all())
    drawn = queries.drawn_slips(poll).get(head.pk, 0)
    decision = settle_slips(drawn, k=poll.k, has_tokens=has_tokens, has_casting_begun=False)
    if not decision.holds or poll.issue_closed_at is not None:
        raise Refused(queries.said(decision.reason))
    lists = list(batch.lists.select_related("paper"))
    _void_at_box(poll, head, {slips: [*unpacked(bytes(slips.hashes))] for slips in lists})
    with transaction.atomic():
        lock_giving(poll, is_alone=True)
        take_step(poll, act="give_back_slips", actor=actor, params={"stratum": head.code})
        Taken.objects.filter(entry__stratum__votes_in=head, kind=Channel.SLIP).delete()
        SlipBatch.objects.filter(pk=batch.pk).update(is_given_back=True)
        for slips in lists:
            slips.void = bytes(slips.hashes)
            slips.save(update_fields=["void"])
    return drawn


def _batch_of(stratum: Stratum) -> SlipBatch:
    batches = SlipBatch.objects.filter(stratum=stratum.votes_in_id).select_related("stratum")
    batch = batches.prefetch_related("stratum__parts").first()
    if batch is None:
        raise Refused(_("No slips were printed for this group."))
    if batch.is_given_back:
        raise Refused(_("The slips of this group were given back: all of them are void."))
    return batch
