"""An operator acts through a post for some hours, because somebody has to: timed, journalled, shown to all."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused, StaleState
from folkmoot.base.permissions import require
from folkmoot.journal import services as journal
from folkmoot.people.models import Account, EmergencyAccess, Post
from folkmoot.people.notices import tell_of_post
from folkmoot.people.queries import holders_by_post, overseer_of

MAX_HOURS = 8


def begin_emergency(
    *, actor: Actor, account: Account, post: Post, reason: str, hours: int
) -> EmergencyAccess:
    """Lets an operator act through `post` for some hours.

    Raises Refused without a reason, for more than eight hours, or while another one runs.
    Effects: `people.emergency_begun`; holder and overseer are told; it stands on the page of the post.
    """
    require(actor, "people.begin_emergency", account)
    if not reason.strip():
        raise Refused(_("Please say why."))
    if not 1 <= hours <= MAX_HOURS:
        raise Refused(_("Emergency access lasts between one and eight hours."))
    now = clock.now()
    with transaction.atomic():
        if account.emergencies.filter(until__gt=now).exists():
            raise Refused(_("Emergency access runs already. Please end it first."))
        access = EmergencyAccess.objects.create(
            account=account,
            post=post,
            reason=reason.strip()[:300],
            since=now,
            until=now + timedelta(hours=hours),
        )
        journal.record(
            "people.emergency_begun", actor=actor, obj=f"post:{post.pk}", emergency=access.pk, hours=hours
        )
        overseer = overseer_of(post.area)
        posts = [post.pk, *([overseer.pk] if overseer else [])]
        told = {person for people in holders_by_post(posts).values() for person in people}
        tell_of_post("people.emergency_begun", told, post, until=access.until)
    return access


def end_emergency(*, actor: Actor, access: EmergencyAccess) -> EmergencyAccess:
    """Ends emergency access before its time. Raises StaleState when it is over. Effects: `people.emergency_ended`."""
    require(actor, "people.end_emergency", access)
    now = clock.now()
    with transaction.atomic():
        if EmergencyAccess.objects.filter(pk=access.pk, until__gt=now).update(until=now) != 1:
            raise StaleState()
        access.until = now
        journal.record(
            "people.emergency_ended", actor=actor, obj=f"post:{access.post_id}", emergency=access.pk
        )
    return access
