"""The second registrar's side: a poll that another place organises, with a roll and keys of this place's own.

It has no box: this place fills a roll, gives out codes and tokens, says how many, and erases who took them.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_bytes
from typing import Any, TypeVar
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.fields import Words
from folkmoot_kernel.notes import VerifierKey
from folkmoot_kernel.papers import Calendar
from folkmoot_kernel.papers import Paper as PaperLeaf

from folkmoot.areas.models import Area
from folkmoot.ballots import boxes, queries
from folkmoot.ballots.handover import OfferedKeys, OpenedPapers, SetUp, blanked, keys_needed
from folkmoot.ballots.models import Agreement, Paper, Poll, Stratum
from folkmoot.ballots.services.issuing import forget_taking
from folkmoot.ballots.services.opening import assigned_key
from folkmoot.ballots.services.step import add_line, require_state, take_step
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require

SEED_BYTES = 32
HOUR_SECONDS = 3_600
Row = TypeVar("Row", Poll, Paper, Stratum)


def agree_to_poll(*, actor: Actor, area: Area, file: bytes) -> Poll:
    """Begins the part of this place in a poll of another one: its questions, its groups, an empty roll.

    Raises: Refused for a file that is no set-up, is for another place, or has a short name that is taken.
    Effects: journal `poll.agreed_to`.
    """
    require(actor, "ballots.agree_to_poll", area)
    assert actor.post is not None
    setup = _read_setup(file)
    code = setup.papers[0].poll
    if Poll.objects.filter(code=code).exists():
        raise Refused(_("There is a vote with the short name “%(code)s” already.") % {"code": code})
    try:
        with transaction.atomic():
            poll = _begin(setup, area, actor.post.id)
            Agreement.objects.create(poll=poll, setup=file)
            add_line(poll, act="agree", actor=actor)
    except (ValidationError, ValueError, OverflowError):  # texts too long, moments that no calendar has
        raise Refused(_("This is not a set-up for a second registrar.")) from None
    return poll


def _begin(setup: SetUp, area: Area, post_id: int) -> Poll:
    first = setup.papers[0]
    poll = _kept(Poll(
        code=first.poll, area=area, post_id=post_id, k=first.k, teller=first.teller, organiser=setup.organiser,
        second_registrar=boxes.registrar_host(), **_in_both("name", setup.name),
        **_in_both("eligibility", first.eligibility), **_moments(first.calendar),
    ))  # fmt: skip
    for order, leaf in enumerate(setup.papers, 1):
        _kept(Paper(
            poll=poll, order=order, scale=leaf.scale.kind, options=[dict(each) for each in leaf.scale.options],
            places=leaf.scale.places, **_in_both("question", leaf.question),
        ))  # fmt: skip
    _add_strata(poll, first)
    return poll


def _kept(row: Row) -> Row:
    """The row, written once its fields are checked. Raises ValidationError."""
    row.clean_fields()
    row.save(force_insert=True)
    return row


def _read_setup(file: bytes) -> SetUp:
    """Raises Refused."""
    try:
        setup = SetUp.decode(file)
    except KernelError:
        raise Refused(_("This is not a set-up for a second registrar.")) from None
    first, second = setup.papers[0].registrars
    address = urlsplit(setup.organiser)
    if second != boxes.registrar_host():
        said = {"named": second, "own": boxes.registrar_host()}
        raise Refused(_("This set-up names %(named)s as second registrar, but this place is %(own)s.") % said)
    if address.scheme not in ("http", "https") or address.netloc != first or address.path:
        raise Refused(_("This set-up does not say rightly who organises the vote."))
    return setup


def _in_both(name: str, words: Words) -> dict[str, str]:
    return {name: words.get("en", ""), f"{name}_zh": words.get("zh-Hans", "")}


def _moments(calendar: Calendar) -> dict[str, Any]:
    casts = calendar.casts if calendar.is_two_phase else 0
    return {
        "is_two_phase": calendar.is_two_phase, "objection_hours": calendar.objection_seconds // HOUR_SECONDS,
        "casts_at": datetime.fromtimestamp(casts, UTC) if casts else None,
        "closes_at": datetime.fromtimestamp(calendar.closes, UTC) if calendar.closes else None,
    }  # fmt: skip


def _add_strata(poll: Poll, leaf: PaperLeaf) -> None:
    """The groups that vote online, as the organiser has joined them: each part votes under the first of its group."""
    order = 0
    for group in leaf.strata:
        head: Stratum | None = None
        for part in group.parts if group.token else ():
            order += 1
            stratum = _kept(Stratum(
                poll=poll, code=part.id, is_ordinary=part.is_ordinary, order=order, **_in_both("label", part.label)
            ))  # fmt: skip
            head = head or stratum
            Stratum.objects.filter(pk=stratum.pk).update(votes_in=head)


def offer_keys(*, actor: Actor, poll: Poll, seen: int | None = None) -> Poll:
    """Makes the keys of this place for each paper and group, once, and the file that the organiser is handed.

    Raises: Refused while a group has nobody on the roll or keys are still being made.
    Effects: journal `poll.keys_offered`; the key that will sign the numbers is made.
    """
    require(actor, "ballots.offer_keys", poll)
    require_state(poll, "offer_keys")
    agreement = Agreement.objects.get(poll=poll)
    if agreement.keys:
        raise Refused(_("The keys were made already. Hand the same file over again."))
    heads = {each.code: each for each in poll.strata.all() if each.votes_in_id == each.pk}
    _require_roll(poll, heads.values())
    papers, setup, seed = list(poll.papers.all()), bytes(agreement.setup), token_bytes(SEED_BYTES)
    with transaction.atomic():
        take_step(poll, act="offer_keys", actor=actor, seen=seen)
        keys = {
            (place, code): assigned_key(papers[place - 1], heads[code])
            for place, code in keys_needed(SetUp.decode(setup).papers)
        }
        signer = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        file = OfferedKeys(sha256(setup).digest(), signer, keys).encode()
        Agreement.objects.filter(pk=agreement.pk).update(keys=file, private=b64u(seed))
    return poll


def _require_roll(poll: Poll, heads: Iterable[Stratum]) -> None:
    """Raises Refused while a group that votes under one name has nobody on the roll of this place."""
    sizes, strata = queries.roll_sizes(poll), list(poll.strata.all())
    for head in heads:
        if not any(sizes.get(part.pk) for part in strata if part.votes_in_id == head.pk):
            raise Refused(_("Nobody is on the roll as “%(stratum)s”. No roll, no poll.") % {"stratum": head})


def accept_papers(*, actor: Actor, poll: Poll, file: bytes, seen: int | None = None) -> Poll:
    """Gives out tokens from now on, for the papers as the log has them: those agreed to, with the keys of this place.

    Raises: Refused for any other papers. Effects: the roll is frozen; journal `poll.papers_accepted`; the whole roll
    is told.
    """
    require(actor, "ballots.accept_papers", poll)
    require_state(poll, "accept_papers")
    agreement = Agreement.objects.get(poll=poll)
    if not agreement.keys:
        raise Refused(_("Make the keys of this place first."))
    opened = _read_papers(file, poll)
    _require_agreed(agreement, opened)
    with transaction.atomic():
        take_step(
            poll, act="accept_papers", actor=actor, seen=seen, log_key=opened.log_key,
            log_origin=f"{opened.papers[0].box}/{poll.code}", opened_at=clock.now(),
            params={"papers": len(opened.papers)},
        )  # fmt: skip
        for paper, leaf in zip(poll.papers.all(), opened.papers, strict=True):
            Paper.objects.filter(pk=paper.pk).update(leaf=leaf.encode(), leaf_hash=b64u(leaf.id))
    return poll


def _read_papers(file: bytes, poll: Poll) -> OpenedPapers:
    """Raises Refused."""
    try:
        opened = OpenedPapers.decode(file)
        names = {f"{paper.box}/{poll.code}" for paper in opened.papers}
        if names != {VerifierKey.parse(opened.log_key).name}:
            raise Refused(_("The key in this file is not that of the log of this vote."))
    except KernelError:
        raise Refused(_("This is not the file of the opened papers.")) from None
    return opened


def _require_agreed(agreement: Agreement, opened: OpenedPapers) -> None:
    """Raises Refused unless question, groups and calendar are those agreed to, and the keys of this place are in."""
    setup, own = SetUp.decode(bytes(agreement.setup)), OfferedKeys.decode(bytes(agreement.keys))
    if tuple(map(blanked, opened.papers)) != setup.papers:
        raise Refused(
            _("These papers are not what was agreed to: a question, a group or the calendar is another.")
        )
    found = {
        (place, stratum.id): stratum.token.keys[1]
        for place, paper in enumerate(opened.papers, 1) for stratum in paper.strata if stratum.token
    }  # fmt: skip
    if found != own.keys or any(paper.registrar_keys != (own.signer,) for paper in opened.papers):
        raise Refused(
            _("The keys of this place are not in these papers. Do not take part, and tell everybody.")
        )


def leave_poll(*, actor: Actor, poll: Poll, seen: int | None = None) -> Poll:
    """Ends the part of this place once its numbers are signed: claims and what was signed under them are erased.

    Raises: Refused while papers are given out. Effects: journal `poll.left`.
    """
    require(actor, "ballots.leave_poll", poll)
    require_state(poll, "leave")
    if poll.issue_closed_at is None:
        raise Refused(_("End the giving out of papers first."))
    with transaction.atomic():
        take_step(poll, act="leave", actor=actor, seen=seen, closed_at=clock.now())
        forget_taking(poll)
    return poll
