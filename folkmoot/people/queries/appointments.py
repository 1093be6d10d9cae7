"""Proposals to give a post to a person, and the organizations that posts belong to."""

from django.db.models import Q, QuerySet

from folkmoot.areas.models import Area
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotFound
from folkmoot.people.models import LEADING_ROLES, Appointment, Organization, Post, Tenure
from folkmoot.people.queries.posts import open_posts


def open_appointments(actor: Actor) -> QuerySet[Appointment]:
    """Proposals that wait, for posts below the actor's, oldest first; those the actor made are among them."""
    if actor.post is None or actor.post.role not in LEADING_ROLES:
        return Appointment.objects.none()
    waiting = Appointment.objects.filter(
        state=Appointment.State.PROPOSED, post__area__path__under=actor.post.area_path
    )
    rows = waiting.select_related("post__area__level", "person", "proposed_by")
    return rows.defer("proposed_by__phone", "proposed_by__email").order_by("proposed_at", "pk")


def get_appointment(actor: Actor, pk: int) -> Appointment:
    """An appointment to a post below the actor's, whatever its state. Raises NotFound."""
    rows = Appointment.objects.select_related("post__area__level", "person", "proposed_by", "decided_by")
    appointment = rows.filter(pk=pk).first()
    if appointment is None or actor.post is None or not actor.post.covers(appointment.post.area.path):
        raise NotFound()
    return appointment


def get_post(pk: int) -> Post:
    """An open post. Raises NotFound."""
    post = open_posts().filter(pk=pk).first()
    if post is None:
        raise NotFound()
    return post


def running_tenures(post: Post) -> QuerySet[Tenure]:
    """Tenures of a post that run or are still to come, the holder's first."""
    lasting = Tenure.objects.filter(Q(until=None) | Q(until__gt=clock.today()), post=post)
    return (
        lasting.select_related("person")
        .defer("person__phone", "person__email")
        .order_by("is_deputy", "since")
    )


def get_running_tenure(pk: int) -> Tenure:
    """A tenure that has not ended. Raises NotFound."""
    lasting = Tenure.objects.filter(Q(until=None) | Q(until__gt=clock.today()), pk=pk)
    tenure = lasting.select_related("person", "post__area__level").first()
    if tenure is None:
        raise NotFound()
    return tenure


def organizations(area: Area | None = None, kind: str = "") -> QuerySet[Organization]:
    """Organizations that exist, of an area and below: those of the upper levels first, then by name."""
    found = Organization.objects.filter(closed_on=None).select_related("area")
    if area is not None:
        found = found.filter(area__path__under=area.path)
    if kind:
        found = found.filter(kind=kind)
    return found.order_by("area__level__rank", "name", "pk")


def get_organization(code: str) -> Organization:
    """Raises NotFound for an organization that is not or no more."""
    organization = (
        Organization.objects.filter(closed_on=None, code=code).select_related("area", "parent").first()
    )
    if organization is None:
        raise NotFound()
    return organization
