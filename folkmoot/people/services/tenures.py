"""Who holds a post from a day on: what confirming, ending and standing in have in common, and ending itself."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from folkmoot.base import clock
from folkmoot.base.actors import CLOCK, Actor
from folkmoot.base.errors import Refused, StaleState
from folkmoot.base.permissions import require
from folkmoot.journal import services as journal
from folkmoot.people.models import Account, Person, Post, Tenure
from folkmoot.people.notices import tell_of_post
from folkmoot.people.phones import hash_of_phone
from folkmoot.people.queries import nearby_tenures
from folkmoot.people.tenures import set_vacancies

MAX_DEPUTY_DAYS = 92
_refreshed_on: date | None = None  # the day for which this process has brought the vacancies in line


def person_for(*, phone: str, name: str, name_zh: str = "") -> Person:
    """The person with `phone`, made if there is none. A name that is known already is not overwritten."""
    defaults = {"phone": phone, "name": name, "name_zh": name_zh}
    person, is_new = Person.objects.get_or_create(phone_hash=hash_of_phone(phone), defaults=defaults)
    if not is_new and not person.name and not person.name_zh:
        person.name, person.name_zh = name, name_zh
        person.save(update_fields=["name", "name_zh"])
    return person


def refuse_operator(person: Person) -> None:
    """The operator keeps the machine and holds no post."""
    if Account.objects.filter(person=person, is_operator=True).exists():
        raise Refused(_("The operator holds no post. Please name somebody else."))


def give_post(*, post: Post, person: Person, since: date, until: date | None, is_deputy: bool) -> Tenure:
    """Begins a tenure inside the caller's transaction; the present holder's ends on that day.

    Raises Refused when the present holder begins later, or the person holds the post already.
    """
    refuse_operator(person)
    held = Tenure.objects.filter(post=post).exclude(until__lte=since)
    if held.filter(person=person, is_deputy=is_deputy).exists():
        raise Refused(_("This person holds the post already."))
    if not is_deputy:
        present = held.filter(is_deputy=False)
        if present.filter(since__gt=since).exists():
            raise Refused(_("Somebody else holds this post from a later day. Please choose a day after it."))
        present.update(until=since)
    tenure = Tenure.objects.create(post=post, person=person, since=since, until=until, is_deputy=is_deputy)
    set_vacancies([post.pk])
    return tenure


def end_tenure(*, actor: Actor, tenure: Tenure, until: date, reason: str) -> Tenure:
    """Ends a tenure: `until` is the first day without it.

    Raises Refused for a day that has passed, StaleState when somebody else ended it before.
    Effects: `people.tenure_ended`; the post is vacant from that day; its holder is told.
    """
    require(actor, "people.end_tenure", tenure)
    if until < max(clock.today(), tenure.since):
        raise Refused(_("That day has passed. The first day without the post is today or later."))
    if not reason.strip():
        raise Refused(_("Please say why."))
    with transaction.atomic():
        ended = Tenure.objects.filter(pk=tenure.pk, until=tenure.until)
        if ended.update(until=until, end_reason=reason.strip()[:300]) != 1:
            raise StaleState()
        tenure.until = until
        set_vacancies([tenure.post_id])
        journal.record(
            "people.tenure_ended",
            actor=actor,
            obj=f"post:{tenure.post_id}",
            person=str(tenure.person.ref),
            until=until.isoformat(),
        )
        if tenure.person_id != actor.person_id:
            tell_of_post("people.tenure_ended", [tenure.person_id], tenure.post, until=until)
    return tenure


def name_deputy(*, actor: Actor, post: Post, person: Person, since: date, until: date) -> Tenure:
    """Lets somebody who serves nearby act beside the holder, from a day until a day, three months at most.

    Raises Refused when the dates do not fit or the person serves nowhere near.
    Effects: `people.deputy_named`; the deputy is told.
    """
    require(actor, "people.name_deputy", post)
    if since < clock.today() or until <= since or (until - since).days > MAX_DEPUTY_DAYS:
        sentence = _("A deputy stands in from today or later, for %(days)d days at most.")
        raise Refused(sentence % {"days": MAX_DEPUTY_DAYS})
    if not nearby_tenures(post).filter(person=person).exists():
        raise Refused(_("A deputy holds a post nearby. Anybody else needs an appointment by two persons."))
    with transaction.atomic():
        tenure = give_post(post=post, person=person, since=since, until=until, is_deputy=True)
        journal.record(
            "people.deputy_named",
            actor=actor,
            obj=f"post:{post.pk}",
            person=str(person.ref),
            since=since.isoformat(),
            until=until.isoformat(),
        )
        tell_of_post("people.deputy_named", [person.pk], post, since=since, until=until)
    return tenure


def refresh_vacancies() -> int:
    """Once a day: posts whose holder's time has come or gone. Effects: `people.vacancies_refreshed`."""
    global _refreshed_on  # noqa: PLW0603
    require(CLOCK, "people.refresh_vacancies")
    today = clock.today()
    if _refreshed_on == today:
        return 0
    with transaction.atomic():
        changed = set_vacancies()
        if changed:
            journal.record("people.vacancies_refreshed", actor=CLOCK, posts=changed)
    _refreshed_on = today
    return changed
