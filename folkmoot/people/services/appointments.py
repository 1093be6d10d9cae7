"""Giving a post to a person: two persons of a level above, one after the other."""

from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from folkmoot.areas.models import Area
from folkmoot.areas.queries import outermost_area
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require
from folkmoot.base.transition import move
from folkmoot.journal import services as journal
from folkmoot.people.models import Account, Appointment, Post, Role, Tenure
from folkmoot.people.notices import tell_of_post
from folkmoot.people.queries import posts_held, signers_of
from folkmoot.people.services.tenures import give_post, person_for, refuse_operator
from folkmoot.people.states import APPOINTMENT

OVERSEERS_NEEDED = 2  # two persons sign for the level below the top: so many can be named at set-up
MAX_DAYS_AHEAD = 366


def propose_appointment(
    *,
    actor: Actor,
    post: Post,
    phone: str,
    name: str,
    name_zh: str = "",
    since: date,
    until: date | None = None,
    is_deputy: bool = False,
) -> Appointment:
    """Proposes to give `post` to the person with `phone`; a second person of a level above confirms or refuses.

    Raises Refused when the dates do not fit, the person is the proposer or an operator, or a proposal waits.
    Effects: `people.appointment_proposed`; those who can confirm it are told.
    """
    require(actor, "people.propose_appointment", post)
    assert actor.person_id is not None
    _check_days(since, until, is_deputy=is_deputy)
    if not name.strip() and not name_zh.strip():
        raise Refused(_("Please say who it is."))
    with transaction.atomic():
        person = person_for(phone=phone, name=name.strip(), name_zh=name_zh.strip())
        refuse_operator(person)
        if person.pk == actor.person_id:
            raise Refused(_("Nobody appoints herself or himself."))
        appointment = Appointment(
            post=post,
            person=person,
            since=since,
            until=until,
            is_deputy=is_deputy,
            proposed_by_id=actor.person_id,
            proposed_at=clock.now(),
        )
        try:
            with transaction.atomic():
                appointment.save()
        except IntegrityError:
            sentence = _("Somebody is proposed for this post already. That has to be decided first.")
            raise Refused(sentence) from None
        journal.record(
            "people.appointment_proposed",
            actor=actor,
            obj=f"post:{post.pk}",
            appointment=appointment.pk,
            person=str(person.ref),
            since=since.isoformat(),
        )
        signers = signers_of(post) - {actor.person_id, person.pk}
        tell_of_post("people.appointment_to_confirm", signers, post)
    return appointment


def confirm_appointment(*, actor: Actor, appointment: Appointment, seen: int | None = None) -> Tenure:
    """Gives the post to the proposed person. Raises Refused, NotAllowed for the proposer, StaleState.

    Effects: `people.appointment_confirmed`; the new holder is told; an earlier holder's time ends that day.
    """
    require(actor, "people.confirm_appointment", appointment)
    post = appointment.post
    with transaction.atomic():
        move(
            appointment,
            act="confirm",
            table=APPOINTMENT,
            seen=seen,
            decided_by_id=actor.person_id,
            decided_at=clock.now(),
        )
        tenure = give_post(
            post=post,
            person=appointment.person,
            since=max(appointment.since, clock.today()),
            until=appointment.until,
            is_deputy=appointment.is_deputy,
        )
        journal.record(
            "people.appointment_confirmed",
            actor=actor,
            obj=f"post:{post.pk}",
            appointment=appointment.pk,
            person=str(appointment.person.ref),
        )
        tell_of_post("people.appointed", [appointment.person_id], post, since=tenure.since)
    return tenure


def refuse_appointment(
    *, actor: Actor, appointment: Appointment, reason: str, seen: int | None = None
) -> Appointment:
    """Says no to a proposal, and why. Effects: `people.appointment_refused`."""
    require(actor, "people.refuse_appointment", appointment)
    if not reason.strip():
        raise Refused(_("Please say why."))
    with transaction.atomic():
        move(
            appointment,
            act="refuse",
            table=APPOINTMENT,
            seen=seen,
            decided_by_id=actor.person_id,
            decided_at=clock.now(),
            reason=reason.strip()[:300],
        )
        journal.record(
            "people.appointment_refused",
            actor=actor,
            obj=f"post:{appointment.post_id}",
            appointment=appointment.pk,
        )
    return appointment


def set_up_overseer(*, actor: Actor, phone: str, name: str, name_zh: str = "") -> Post:
    """Names an overseer of the whole place at its first start: without one nobody can appoint the top level.

    Raises Refused once two persons oversee the place: from then on they are appointed like everybody else.
    Effects: `people.overseer_set_up`.
    """
    require(actor, "people.set_up_overseer")
    try:
        area = outermost_area()
    except Area.DoesNotExist:
        raise Refused(_("There is no place yet to oversee. Please bring in its areas first.")) from None
    with transaction.atomic():
        posts = Post.objects.filter(role=Role.OVERSEER, area=area, closed_on=None)
        if posts.filter(vacant_since=None).count() >= OVERSEERS_NEEDED:
            raise Refused(_("Two overseers are in office. Further ones are appointed by them."))
        person = person_for(phone=phone, name=name, name_zh=name_zh)
        post = posts.exclude(vacant_since=None).first() or Post.objects.create(role=Role.OVERSEER, area=area)
        give_post(post=post, person=person, since=clock.today(), until=None, is_deputy=False)
        journal.record("people.overseer_set_up", actor=actor, obj=f"post:{post.pk}", person=str(person.ref))
    return post


def set_up_operator(*, actor: Actor, phone: str, name: str, name_zh: str = "") -> Account:
    """Makes the person with `phone` an operator: she keeps the machine and holds no post.

    Raises Refused for somebody who holds a post. Effects: `people.operator_set_up`.
    """
    require(actor, "people.set_up_operator")
    with transaction.atomic():
        person = person_for(phone=phone, name=name, name_zh=name_zh)
        if posts_held(person.pk):
            raise Refused(_("The operator holds no post. Please name somebody else."))
        closed_way = {"password": make_password(None)}  # she signs in by a code, and sets one then
        account, _is_new = Account.objects.update_or_create(
            person=person, defaults={"is_operator": True}, create_defaults={"is_operator": True, **closed_way}
        )
        journal.record("people.operator_set_up", actor=actor, obj=f"person:{person.ref}")
    return account


def _check_days(since: date, until: date | None, *, is_deputy: bool) -> None:
    today = clock.today()
    if not today <= since <= today + timedelta(days=MAX_DAYS_AHEAD):
        raise Refused(_("The first day is today or later, within a year."))
    if until is not None and until <= since:
        raise Refused(_("The last day comes after the first one."))
    if is_deputy and until is None:
        raise Refused(_("A deputy stands in between two dates. Please give the day on which that ends."))
