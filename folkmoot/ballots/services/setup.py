"""Setting a poll up: its words and calendar, its papers, its groups of voters, its desk."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from folkmoot_kernel.errors import MalformedPaper, MalformedThreshold
from folkmoot_kernel.scales import Scale
from folkmoot_kernel.thresholds import Base, Share

from folkmoot.areas.models import Area
from folkmoot.ballots.models import Paper, Poll, Stratum
from folkmoot.ballots.services.step import add_line, change, require_changeable, require_roll, take_step
from folkmoot.ballots.states import TRANSITIONS
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require
from folkmoot.base.transition import move
from folkmoot.journal import services as journal
from folkmoot.people.models import Post

EVERYBODY = {
    "code": "everybody",
    "label": "Everybody here",
    "label_zh": "本地居民",
}  # the one group of an open poll
RESERVED_CODES = ("cast", "control", "booth", "verify")  # paths of the box


def set_up_poll(*, actor: Actor, area: Area, code: str, name: str, **fields: Any) -> Poll:
    """Begins a poll of an area as a draft, organised by the actor's post.

    Shapes: `code` 1 to 64 of a-z0-9-, once for ever: it names the log; `fields` of the Poll: calendar, k, teller...
    With `is_open` it has one group for everybody, and papers are taken and cast in the same days.
    Raises: Refused for a code that is taken. Effects: journal `poll.set_up`.
    """
    require(actor, "ballots.set_up_poll", area)
    assert actor.post is not None
    if code in RESERVED_CODES or Poll.objects.filter(code=code).exists():
        raise Refused(_("There is a vote with the short name “%(code)s” already.") % {"code": code})
    poll = Poll(code=code, area=area, post_id=actor.post.id, name=name, **fields)
    poll.is_two_phase = poll.is_two_phase and not poll.is_open
    _require_calendar(poll)
    with transaction.atomic():
        poll.save(force_insert=True)
        if poll.is_open:
            Stratum.objects.create(poll=poll, **EVERYBODY)
        add_line(poll, act="set_up", actor=actor)
    return poll


def change_poll(*, actor: Actor, poll: Poll, seen: int | None = None, **fields: Any) -> Poll:
    """Changes words or calendar of a draft. Effects: journal `poll.changed`."""
    require(actor, "ballots.change_poll", poll)
    for name, value in fields.items():
        setattr(poll, name, value)
    _require_calendar(poll)
    with transaction.atomic():
        change(poll, "poll.changed", actor=actor, seen=seen, **fields)
    return poll


def drop_poll(*, actor: Actor, poll: Poll, reason: str, seen: int | None = None) -> None:
    """Takes a draft away, with its questions, groups and roll. The journal keeps that, and why.

    Raises: Refused once it is open, once slips stand for it or the box may have its papers, and without a reason.
    Effects: journal `poll.dropped`.
    """
    require(actor, "ballots.drop_poll", poll)
    if not reason.strip():
        raise Refused(_("Say why this vote is dropped."))
    require_changeable(poll)
    with transaction.atomic():
        move(poll, act="drop", table=TRANSITIONS, seen=seen)
        journal.record("poll.dropped", actor=actor, obj=poll.ref, code=poll.code, reason=reason)
        poll.roll.all().delete()
        poll.delete()


def _require_calendar(poll: Poll) -> None:
    if not poll.is_two_phase and poll.casts_at is not None:
        raise Refused(_("Where papers are taken and cast in the same days, casting opens with the vote."))
    if poll.is_two_phase and poll.closes_at is not None and poll.casts_at is None:
        raise Refused(_("Give the moment at which casting opens too, or leave both to the chair."))
    if poll.is_open and (poll.is_two_phase or poll.preset or poll.composition):
        raise Refused(
            _("An open vote has no quorum and no rule: whoever wishes takes part, and it is advisory.")
        )
    if poll.k < 2:
        raise Refused(_("The smallest group has at least two people."))


def add_paper(
    *, actor: Actor, poll: Poll, question: str, question_zh: str = "", scale: str,
    options: Sequence[Mapping[str, str]], places: int = 1, about_post: Post | None = None,
) -> Paper:  # fmt: skip
    """Adds one question about one subject. Shapes: `options` texts by language tag: "en", "zh-Hans".

    Raises: Refused for a scale that cannot be and for a question asked already. Effects: journal `paper.added`.
    """
    last = poll.papers.aggregate(last=Max("order"))["last"] or 0
    paper = Paper(
        poll=poll, order=last + 1, question=question, question_zh=question_zh, scale=scale,
        options=[dict(option) for option in options], places=places, about_post=about_post,
        about_path=about_post.area.path if about_post and about_post.organization_id is None else "",
        about_organization_id=about_post.organization_id if about_post else None,
    )  # fmt: skip
    require(actor, "ballots.add_paper", paper)
    try:
        Scale(scale, tuple(paper.options), places)
    except MalformedPaper:
        why = _("These answers do not fit their kind: too few, too many, or more places than answers.")
        raise Refused(why) from None
    with transaction.atomic():
        change(poll, "paper.added", actor=actor)
        try:
            with transaction.atomic():
                paper.save(force_insert=True)
        except IntegrityError:
            raise Refused(_("This question is asked already.")) from None
    return paper


def remove_paper(*, actor: Actor, poll: Poll, paper: Paper) -> None:
    """Takes a question out of a draft. Effects: journal `paper.removed`."""
    require(actor, "ballots.remove_paper", poll)
    with transaction.atomic():
        change(poll, "paper.removed", actor=actor)
        Paper.objects.filter(pk=paper.pk, poll=poll).delete()


def add_stratum(
    *, actor: Actor, poll: Poll, code: str, label: str, label_zh: str = "", is_ordinary: bool = True,
    joins: Stratum | None = None, has_tokens: bool = True, has_slips: bool = False, has_hand: bool = False,
) -> Stratum:  # fmt: skip
    """Adds a group of voters with its channels, and the group it joins when it is too small.

    Raises: Refused for a name used already. Effects: journal `stratum.added`.
    """
    require(actor, "ballots.add_stratum", poll)
    require_roll(poll)
    last = poll.strata.aggregate(last=Max("order"))["last"] or 0
    stratum = Stratum(
        poll=poll, code=code, label=label, label_zh=label_zh, is_ordinary=is_ordinary, joins=joins,
        order=last + 1, has_tokens=has_tokens, has_slips=has_slips, has_hand=has_hand,
    )  # fmt: skip
    _require_stratum(stratum)
    with transaction.atomic():
        change(poll, "stratum.added", actor=actor)
        stratum.save(force_insert=True)
    return stratum


def change_stratum(*, actor: Actor, poll: Poll, stratum: Stratum, **fields: Any) -> Stratum:
    """Changes names, channels or the group to join. Effects: journal `stratum.changed`."""
    require(actor, "ballots.change_stratum", poll)
    require_roll(poll)
    for name, value in fields.items():
        setattr(stratum, name, value)
    _require_stratum(stratum)
    with transaction.atomic():
        change(poll, "stratum.changed", actor=actor)
        stratum.save(update_fields=[*fields])
    return stratum


def remove_stratum(*, actor: Actor, poll: Poll, stratum: Stratum) -> None:
    """Takes a group and its part of the roll out of a draft. Effects: journal `stratum.removed`.

    Raises: Refused while a rule of composition names the group.
    """
    require(actor, "ballots.remove_stratum", poll)
    if any(stratum.code in rule["parts"] for rule in poll.composition):
        raise Refused(_("A rule names this group. Take the rule out first."))
    require_roll(poll)
    with transaction.atomic():
        change(poll, "stratum.removed", actor=actor)
        stratum.roll.all().delete()
        Stratum.objects.filter(pk=stratum.pk, poll=poll).delete()


def _require_stratum(stratum: Stratum) -> None:
    if not stratum.channels:
        raise Refused(_("A group of voters needs at least one way to vote."))
    others = Stratum.objects.filter(poll_id=stratum.poll_id).exclude(pk=stratum.pk)
    if others.filter(code=stratum.code).exists():
        raise Refused(_("There is a group with the short name “%(code)s” already.") % {"code": stratum.code})
    joins = stratum.joins
    if joins is not None and (joins.pk == stratum.pk or joins.poll_id != stratum.poll_id):
        raise Refused(_("A group can join another group of the same vote only."))
    if joins is not None and joins.is_ordinary is not stratum.is_ordinary:
        raise Refused(_("Ordinary residents are joined with ordinary residents only."))


def add_rule(
    *, actor: Actor, poll: Poll, parts: Sequence[str], numerator: int, denominator: int, is_strict: bool = False,
    seen: int | None = None,
) -> None:  # fmt: skip
    """Adds a rule of composition: of all who take a paper those groups are at least, or more than, a share.

    Shapes: `parts` codes of groups. Raises: Refused for what is no share, and for groups that are none or all.
    Effects: journal `rule.added`.
    """
    require(actor, "ballots.add_rule", poll)
    known = {stratum.code for stratum in poll.strata.all()}
    if not set(parts) < known or not parts:
        raise Refused(_("Choose one or more groups, but not all: all together are always the whole."))
    try:
        Share(numerator, denominator, strict=is_strict, base=Base.APPRAISERS)
    except MalformedThreshold:
        raise Refused(_("This is no share: it is more than nothing and at most the whole.")) from None
    rule = {"parts": sorted(set(parts)), "share": [numerator, denominator], "strict": int(is_strict)}
    if rule in poll.composition:
        raise Refused(_("This rule is there already."))
    with transaction.atomic():
        change(poll, "rule.added", actor=actor, seen=seen, composition=[*poll.composition, rule])


def remove_rule(*, actor: Actor, poll: Poll, number: int, seen: int | None = None) -> None:
    """Takes a rule out, by its place from 1. Raises: Refused without such a rule. Effects: journal `rule.removed`."""
    require(actor, "ballots.remove_rule", poll)
    if not 1 <= number <= len(poll.composition):
        raise Refused(_("This rule is gone already."))
    kept = [rule for place, rule in enumerate(poll.composition, 1) if place != number]
    with transaction.atomic():
        change(poll, "rule.removed", actor=actor, seen=seen, composition=kept)


def name_desk(*, actor: Actor, poll: Poll, posts: Sequence[Post]) -> None:
    """Names the posts that give out papers and count, beside the organiser. Effects: journal `poll.desk_named`."""
    require(actor, "ballots.name_desk", poll)
    with transaction.atomic():
        take_step(poll, act="name_desk", actor=actor, params={"posts": len(posts)})
        poll.desks.set(posts)
