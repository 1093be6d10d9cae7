"""The audit of who took a paper: two observers outside the circle ask a sample that nobody could choose.

First the log says who took a paper, by numbers and roots; then a number is thrown in public; both together draw.
What the drawn have answered stands with their names only until both observers have signed; then numbers are left.
"""

from collections import defaultdict

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.leaves import list_root

from folkmoot.ballots import boxes, notices, queries
from folkmoot.ballots.models import Audit, AuditObserver, Drawn, Poll, RollEntry
from folkmoot.ballots.services.issuing import publish_issued
from folkmoot.ballots.services.step import require_state, take_step
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused, StaleState
from folkmoot.base.permissions import require
from folkmoot.people.models import Account, Person
from folkmoot.people.queries import person_with_phone

TRIES = 3  # in vain, before somebody counts as not reached


def begin_audit(*, actor: Actor, poll: Poll, first: str, second: str, seen: int | None = None) -> Audit:
    """Names the two observers by their phones, and keeps the checkpoint of the log from before the draw.

    Again, until the sample is drawn, it names others; the checkpoint stays. Raises: Refused while papers are given
    out, for somebody unknown, in the circle or named twice, BoxAway. Effects: journal `poll.audit_begun`; the
    observers are told.
    """
    require(actor, "ballots.begin_audit", poll)
    require_state(poll, "begin_audit")
    if poll.issue_closed_at is None:
        raise Refused(
            _("Papers are still given out. End that first: then the list of who took one is fixed.")
        )
    people = [_observer(poll, first), _observer(poll, second)]
    if people[0] == people[1]:
        raise Refused(_("One alone does not do: name two different people."))
    publish_issued(poll)
    checkpoint = boxes.checkpoint(poll.code)
    with transaction.atomic():
        audit, _is_new = Audit.objects.get_or_create(poll=poll, defaults={"checkpoint": checkpoint})
        root = b64u(queries.checkpoint_root(audit))
        take_step(poll, act="begin_audit", actor=actor, seen=seen, params={"checkpoint": root})
        _require_undrawn(audit)
        audit.observers.all().delete()
        AuditObserver.objects.bulk_create(AuditObserver(audit=audit, person=person) for person in people)
        notices.tell_observers(poll, [person.pk for person in people])
    return audit


def _observer(poll: Poll, phone: str) -> Person:
    person = person_with_phone(phone)
    if person is None:
        raise Refused(_("Nobody here signs in with the phone %(phone)s.") % {"phone": phone})
    if Account.objects.filter(person=person, is_operator=True).exists():
        raise Refused(_("The operator keeps this server. Name somebody outside."))
    if queries.is_in_circle(person.pk, poll):
        why = _("%(name)s holds a post in this place, above it or at the desk. Name somebody outside.")
        raise Refused(why % {"name": person})
    return person


def _require_undrawn(audit: Audit) -> None:
    if audit.number:
        raise Refused(_("The sample is drawn already: whoever asks it stays."))


def draw_sample(*, actor: Actor, poll: Poll, number: str, seen: int | None = None) -> Audit:
    """Draws whom the observers ask, by the log's checkpoint and a number that was thrown in public after it.

    Shapes: `number` digits. Raises: Refused before the observers are named, a second time, and when fewer than k
    took a paper online. Effects: journal `poll.sample_drawn`.
    """
    require(actor, "ballots.draw_sample", poll)
    require_state(poll, "draw_sample")
    audit = queries.audit_of(poll)
    if audit is None:
        raise Refused(_("Name the two observers first: the number is thrown after that."))
    if not (number.isascii() and number.isdigit()):
        raise Refused(_("Write the number in digits only."))
    population = sum(each.size for each in queries.token_lists(poll))
    if population < poll.k:
        raise Refused(_("Fewer than %(k)d took a paper online: nobody is drawn.") % {"k": poll.k})
    with transaction.atomic():
        take_step(
            poll, act="draw_sample", actor=actor, seen=seen, params={"of": population, "number": number}
        )
        _require_undrawn(Audit.objects.select_for_update().get(pk=audit.pk))
        Audit.objects.filter(pk=audit.pk).update(number=number, population=population)
        Drawn.objects.bulk_create(_drawn(audit, number))
    audit.number, audit.population = number, population
    return audit


def _drawn(audit: Audit, number: str) -> list[Drawn]:
    """A row for each person; somebody drawn on two lists is asked once."""
    poll = audit.poll
    names = {each.root: queries.names_on(poll, b64u(each.root)) for each in queries.token_lists(poll)}
    if any(list_root(digest for digest, _entry in named) != root for root, named in names.items()):
        raise Refused(
            _("The list here is not the one in the log. Tell the observers: something was changed.")
        )
    places: defaultdict[RollEntry, list[tuple[str, int]]] = defaultdict(list)
    for place in queries.places_drawn(poll, number):
        _digest, entry = names[place.root][place.index]
        places[entry].append((b64u(place.root), place.index))
    return [
        Drawn(audit=audit, entry=entry, order=order, places=found)
        for order, (entry, found) in enumerate(places.items(), 1)
    ]


def answer_sample(*, actor: Actor, poll: Poll, drawn: Drawn, answer: str) -> Drawn:
    """An observer writes down what somebody drawn has said, or one more try to reach her in vain.

    Raises: Refused for herself, StaleState once the audit has ended. Effects: nothing is journalled; signatures fall.
    """
    require(actor, "ballots.answer_sample", poll)
    require_state(poll, "sign_audit")
    if drawn.entry.person_id == actor.person_id:
        raise Refused(_("You were drawn yourself: let the other observer ask you."))
    rows = Drawn.objects.filter(pk=drawn.pk, audit=poll.pk)
    said = {"answer": answer} if answer != Drawn.Answer.UNREACHED else {"answer": "", "tries": F("tries") + 1}
    with transaction.atomic():
        if not rows.update(**said):
            raise StaleState()  # in this very moment both have signed
        rows.filter(answer="", tries__gte=TRIES).update(answer=Drawn.Answer.UNREACHED)
        AuditObserver.objects.filter(audit=poll.pk).update(has_signed=False)
    drawn.refresh_from_db(fields=["answer", "tries"])
    return drawn


def sign_audit(*, actor: Actor, poll: Poll, seen: int | None = None) -> Audit:
    """An observer signs that draw and answers are right. With the second signature only numbers are left.

    Raises: Refused while somebody drawn was not asked, or a second time. Effects: journal `poll.audit_signed`.
    """
    require(actor, "ballots.sign_audit", poll)
    audit = queries.audit_of(poll)
    assert audit is not None
    with transaction.atomic():
        take_step(poll, act="sign_audit", actor=actor, seen=seen)
        rows = list(Drawn.objects.select_for_update().filter(audit=audit))
        if not rows:
            raise Refused(_("Nobody is drawn, or everything is signed already."))
        if any(not row.answer for row in rows):
            raise Refused(_("Somebody was not asked yet, or not often enough."))
        if not audit.observers.filter(person=actor.person_id, has_signed=False).update(has_signed=True):
            raise Refused(_("You have signed already. The other observer signs too."))
        if not audit.observers.filter(has_signed=False).exists():
            _count(audit, rows)
    return audit


def _count(audit: Audit, rows: list[Drawn]) -> None:
    """Keeps the numbers and erases who answered what. Units: places of the lists."""
    for answer in Drawn.Answer.values:
        setattr(audit, answer, sum(len(row.places) for row in rows if row.answer == answer))
    audit.save(update_fields=Drawn.Answer.values)
    Drawn.objects.filter(audit=audit).delete()
