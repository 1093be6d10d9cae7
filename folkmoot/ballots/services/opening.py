"""A poll opens: its papers are written for ever, with their keys, and handed to the box."""

from collections.abc import Callable, Sequence
from functools import partial
from secrets import token_bytes

from django.db import transaction
from django.utils.translation import gettext as _
from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.hpke import RecipientKey
from folkmoot_kernel.leaves import list_root
from folkmoot_kernel.papers import (
    Calendar,
    Composition,
    Part,
    SlipChannel,
    TokenChannel,
)
from folkmoot_kernel.papers import Paper as PaperLeaf
from folkmoot_kernel.papers import Stratum as StratumLeaf
from folkmoot_kernel.scales import Scale

from folkmoot.ballots import boxes, queries
from folkmoot.ballots.handover import OfferedKeys, SetUp, blanked
from folkmoot.ballots.models import Cell, Channel, Gate, Paper, Poll, SlipList, Stratum, TokenKey, in_words
from folkmoot.ballots.queries import Settled
from folkmoot.ballots.services.rolls import fill_open_roll
from folkmoot.ballots.services.settling import settle_strata
from folkmoot.ballots.services.step import require_state, take_step
from folkmoot.ballots.slips import unpacked
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require


def open_poll(*, actor: Actor, poll: Poll, seen: int | None = None) -> Poll:
    """Opens a draft whose checks all hold: two-phase to taking, one-phase to taking and casting at once.

    Repeated after a crash it goes on with the papers written first. Raises: Refused with the first check that does
    not hold, BoxAway. Effects: a log with the paper leaves; the roll is frozen; journal `poll.opened`; the whole
    roll is told.
    """
    require(actor, "ballots.open_poll", poll)
    act = "open" if poll.is_two_phase else "open_at_once"
    require_state(poll, act)
    if not _is_frozen(poll):
        _require_checks(poll)
        _freeze(poll)
    papers = list(Paper.objects.filter(poll=poll).order_by("order"))
    try:
        origin, key = boxes.open_log(
            poll.code, papers=[bytes(paper.leaf) for paper in papers], slips=_slips(poll),
            roll_size=sum(queries.roll_sizes(poll).values()),
        )  # fmt: skip
    except boxes.BoxRefused:
        _thaw(poll)
        raise
    if not poll.is_two_phase:
        boxes.open_casting(poll.code)
    with transaction.atomic():
        take_step(
            poll, act=act, actor=actor, seen=seen, log_origin=origin, log_key=key, opened_at=clock.now(),
            params={"papers": len(papers), **({"population": poll.population} if poll.is_open else {})},
        )  # fmt: skip
    return poll


def _is_frozen(poll: Poll) -> bool:
    return poll.papers.exclude(leaf_hash="").exists()


def _require_checks(poll: Poll) -> None:
    for check in queries.checks(poll):
        if not check.holds:
            raise Refused(check.text)


def _freeze(poll: Poll) -> None:
    """Joins the groups, makes the keys and writes the leaf of each paper. From now on none of it changes."""
    with transaction.atomic():
        if _is_frozen(Poll.objects.select_for_update().get(pk=poll.pk)):
            return  # somebody else was faster with the same
        if poll.is_open:
            _open_gate(poll)
        groups, agreement = settle_strata(poll), queries.agreement_on(poll)
        offered = OfferedKeys.decode(bytes(agreement.keys)) if agreement else None
        now = int(clock.now().timestamp())
        for place, (paper, slips) in enumerate(slips_by_paper(poll), 1):
            strata = [
                stratum_leaf(
                    group, slips.get(group.head.pk), closing=partial(_closing_key, paper, group),
                    keys=partial(_token_keys, paper, group, offered, place),
                )
                for group in groups
            ]  # fmt: skip
            leaf = paper_leaf(poll, paper, strata, opens=now, signers=[offered.signer] if offered else [])
            if agreement and blanked(leaf) != SetUp.decode(bytes(agreement.setup)).papers[place - 1]:
                raise Refused(
                    _("This is not what the second registrar was shown. Do without it, and name it anew.")
                )
            Paper.objects.filter(pk=paper.pk).update(leaf=leaf.encode(), leaf_hash=b64u(leaf.id))


def _open_gate(poll: Poll) -> None:
    """Says for ever who may take part in an open poll, up to how many, and at what rate."""
    fill_open_roll(poll)
    rate = queries.rate_of(poll)
    Gate.objects.create(poll=poll, rate=rate)
    words = queries.open_eligibility(poll, rate)
    poll.eligibility, poll.eligibility_zh = words["en"], words["zh-Hans"]
    Poll.objects.filter(pk=poll.pk).update(eligibility=poll.eligibility, eligibility_zh=poll.eligibility_zh)


def _thaw(poll: Poll) -> None:
    """The box did not take the papers: the draft can be changed again."""
    with transaction.atomic():
        Paper.objects.filter(poll=poll).update(leaf=b"", leaf_hash="")
        TokenKey.objects.filter(paper__poll=poll).delete()
        Cell.objects.filter(paper__poll=poll).delete()
        Gate.objects.filter(poll=poll).delete()


def slips_by_paper(poll: Poll) -> list[tuple[Paper, dict[int, SlipList]]]:
    """The papers in their order, each with its printed slips by the id of the stratum that draws them."""
    lists = _slip_lists(poll)
    return [
        (paper, {each.batch.stratum_id: each for each in lists if each.paper_id == paper.pk})
        for paper in poll.papers.all()
    ]


def paper_leaf(
    poll: Poll, paper: Paper, strata: Sequence[StratumLeaf], *, opens: int, signers: Sequence[bytes]
) -> PaperLeaf:
    """The paper as the log has it. Shapes: `signers` the key by which the second registrar signs, if there is one."""
    casts = int(poll.casts_at.timestamp()) if poll.casts_at else 0
    closes = int(poll.closes_at.timestamp()) if poll.closes_at else 0
    second = (poll.second_registrar,) if poll.second_registrar else ()
    return PaperLeaf(
        poll=poll.code,
        question=paper.words,
        scale=Scale(paper.scale, tuple(paper.options), paper.places),
        calendar=Calendar(opens, casts if poll.is_two_phase else opens, closes, poll.objection_hours * 3600),
        k=poll.k,
        box=boxes.box_host(),
        registrars=(boxes.registrar_host(), *second),
        strata=tuple(strata),
        eligibility=in_words(poll.eligibility, poll.eligibility_zh),
        is_open=poll.is_open,
        teller=poll.teller,
        composition=tuple(
            Composition(tuple(rule["parts"]), rule["share"][0], rule["share"][1], bool(rule["strict"]))
            for rule in poll.composition
        ),
        registrar_keys=tuple(signers),
    )


def stratum_leaf(
    group: Settled, slips: SlipList | None, *, keys: Callable[[], tuple[bytes, ...]],
    closing: Callable[[Channel], bytes],
) -> StratumLeaf:  # fmt: skip
    """A group as the log has it, with its token keys and closing keys, which are made as they are asked for."""
    token = slip = None
    if Channel.TOKEN in group.channels:
        token = TokenChannel(keys(), closing(Channel.TOKEN))
    if Channel.SLIP in group.channels:
        assert slips is not None  # checked before
        hashes = unpacked(bytes(slips.hashes))
        slip = SlipChannel(len(hashes), list_root(hashes), closing(Channel.SLIP))
    parts = tuple(Part(part.code, part.words, part.is_ordinary) for part in group.parts)
    has_hand = Channel.HAND in group.channels
    return StratumLeaf(group.head.code, _label(group), parts, token, slip, has_hand)


def _token_keys(paper: Paper, group: Settled, offered: OfferedKeys | None, place: int) -> tuple[bytes, ...]:
    own = assigned_key(paper, group.head)
    return (own, offered.keys[place, group.head.code]) if offered else (own,)


def _label(group: Settled) -> dict[str, str]:
    """The joined name: those of its parts with a plus between."""
    tags = set.intersection(*(set(part.words) for part in group.parts)) or {"en"}
    return {tag: " + ".join(part.words.get(tag) or str(part) for part in group.parts) for tag in sorted(tags)}


def assigned_key(paper: Paper, head: Stratum) -> bytes:
    """Takes a key out of the pool. Raises Refused when another poll was faster."""
    for key in queries.pooled_keys().order_by("pk")[:20]:
        if TokenKey.objects.filter(pk=key.pk, paper=None).update(paper=paper, stratum=head) == 1:
            return bytes(key.public)
    raise Refused(_("The keys are still being made. Wait a moment."))


def _closing_key(paper: Paper, group: Settled, channel: Channel) -> bytes:
    key = RecipientKey.draw(token_bytes)
    Cell.objects.create(
        paper=paper, stratum=group.head, channel=channel, private=b64u(key.secret), public=key.public
    )
    return key.public


def _slip_lists(poll: Poll) -> list[SlipList]:
    return list(SlipList.objects.filter(paper__poll=poll).select_related("batch"))


def _slips(poll: Poll) -> dict[bytes, list[bytes]]:
    """The printed slips by root, as the log publishes them."""
    lists = [[*unpacked(bytes(each.hashes))] for each in _slip_lists(poll)]
    return {list_root(hashes): hashes for hashes in lists}
