"""An open poll: who can take part, why somebody cannot, and the public numbers of its gate."""

from dataclasses import dataclass

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _
from folkmoot_kernel.cells import stepped

from folkmoot.areas.models import Area
from folkmoot.ballots.models import Gate, Poll, Proposal, RollEntry, Waiting
from folkmoot.ballots.queries.registrar import in_both
from folkmoot.ballots.rates import rate_in_force
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Sentence
from folkmoot.people.models import Household, Person
from folkmoot.ui.numbers import number_text

PLACE_LETTERS = 80  # of the name of a place in the sentence that the log keeps


def eligible_people(area: Area) -> QuerySet[Person]:
    """Those with a confirmed phone and a home in `area`, by now: the one kind of eligibility of open polls."""
    return Person.objects.filter(
        erased_at=None, account__is_active=True, account__phone_verified=True,
        home__household__area__path__under=area.path,
    )  # fmt: skip


def counted_population(area: Area) -> int:
    """How many live in `area` by its households: where an organiser starts who has no better number."""
    counted = Household.objects.filter(area__path__under=area.path).aggregate(members=Sum("members"))
    return counted["members"] or 0


def rate_of(poll: Poll) -> int:
    """How many get their papers at once in a minute: as its gate says, before it opens by the rate of today."""
    gate = gate_of(poll)
    return gate.rate if gate else rate_in_force(clock.today()).people_a_minute(population=poll.population)


def gate_of(poll: Poll) -> Gate | None:
    return Gate.objects.filter(poll=poll).first()


def open_eligibility(poll: Poll, rate: int) -> dict[str, str]:
    """Who may take part in an open poll, as its papers say it for ever. Shapes: a text in each language of leaves."""
    text = in_both(lambda: _(
        "Whoever had confirmed a phone before this vote was announced and has a home in %(place)s. Papers for at most "
        "%(population)s people, as many as live there; above %(rate)s a minute they wait for two organisers."
    ))  # fmt: skip
    names = {"en": poll.area.name, "zh-Hans": poll.area.name_zh or poll.area.name}
    facts = {"population": number_text(poll.population), "rate": number_text(rate)}
    return {tag: said % {**facts, "place": names[tag][:PLACE_LETTERS]} for tag, said in text.items()}


def why_not(actor: Actor, poll: Poll) -> str:
    """Why somebody who is signed in cannot take part in an open poll, and what to do: one sentence."""
    people = Person.objects.select_related("account", "home__household__area")
    person = people.filter(pk=actor.person_id or 0).first()
    home = getattr(person, "home", None)
    area = home.household.area if home else None
    if person is None or not person.account.phone_verified:
        return _(
            "This vote is for people with a confirmed phone. Confirm yours under “How I sign in” for the next one."
        )
    if area is None:
        return _(
            "This vote is for people who have said where they live. Say it under “My household” for the next one."
        )
    if not area.path.startswith(poll.area.path):
        return _("This vote is for people whose home is in %(place)s; yours is elsewhere.") % {
            "place": poll.area
        }
    return _(
        "You confirmed your phone or your home after this vote was announced. The next one is open to you."
    )


def own_admission(entry: RollEntry) -> Waiting | None:
    """Whether somebody waits at the gate, was let in or refused; None for who never had to wait. For herself only."""
    return Waiting.objects.filter(entry=entry).first()


def get_proposal(poll: Poll) -> Proposal | None:
    return Proposal.objects.filter(poll=poll).select_related("post").first()


@dataclass(frozen=True)
class PassedNumber:
    """One public number of the gate. Shapes: `text` is exact once the poll is closed, in steps of k before."""

    label: Sentence
    text: str


def passed_numbers(poll: Poll, gate: Gate) -> list[PassedNumber]:
    """How many were let through at once, wait, were let in or refused."""
    found = (
        (_("Let through at once"), gate.at_once), (_("Waiting to be let in"), gate.waiting),
        (_("Let in by two organisers"), gate.let_in), (_("Refused with a reason"), gate.refused),
    )  # fmt: skip
    return [PassedNumber(label, _shown(poll, number)) for label, number in found]


def _shown(poll: Poll, number: int) -> str:
    if poll.closed_at is not None:
        return number_text(number)
    if number < poll.k:
        return _("fewer than %(k)d") % {"k": poll.k}
    return _("at least %(n)s") % {"n": number_text(stepped(number, k=poll.k))}
