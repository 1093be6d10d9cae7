"""Which message goes out after which act: always to the whole roll, never to those who have or have not voted."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from folkmoot.ballots.models import Poll, RollEntry
from folkmoot.channels.notices_text import register_notice
from folkmoot.channels.services import notify

TABLE: dict[str, str] = {
    "open": "poll.opened",
    "open_at_once": "poll.opened_at_once",
    "accept_papers": "poll.papers_accepted",
    "open_casting": "poll.casting_opened",
    "close": "poll.closed",
    "publish_result": "poll.result_published",
    "declare_broken": "poll.declared_broken",
}

PEOPLE_WAIT = "poll.people_wait"  # to those who can decide about them
# To those who waited and nobody else. It says that somebody asked, never that a paper was taken.
AFTER_WAITING = {True: "poll.let_in", False: "poll.not_let_in"}

TEXTS = {
    "poll.opened": (_("You may vote: %(poll)s"), _("You are on the roll of the vote “%(poll)s”. Papers are given out now; later you cast them. Nobody can see whether you vote, or how.")),
    "poll.opened_at_once": (_("You may vote: %(poll)s"), _("You are on the roll of the vote “%(poll)s”. You can take your paper and vote now. Nobody can see whether you vote, or how.")),
    "poll.papers_accepted": (_("You may vote: %(poll)s"), _("You are on the roll of the vote “%(poll)s”. It needs two codes: get the one of this place here, and the other one from whoever organises the vote.")),
    "poll.casting_opened": (_("The vote is open: %(poll)s"), _("The vote “%(poll)s” is open now. Everybody on the roll gets this message, whether a paper was taken or not.")),
    "poll.closed": (_("The vote is closed: %(poll)s"), _("The vote “%(poll)s” is closed and will be counted. Everybody on the roll gets this message.")),
    "poll.result_published": (_("The result of %(poll)s"), _("The result of the vote “%(poll)s” is published. Anybody can check it against the public log.")),
    PEOPLE_WAIT: (_("People wait to be let in: %(poll)s"), _("More people ask for a paper of the vote “%(poll)s” than are let through at once. Two organisers decide about those who wait: one proposes, another one agrees.")),
    "poll.let_in": (_("You can take your paper now: %(poll)s"), _("You asked for a paper of the vote “%(poll)s” when very many did. You can take it now: in the booth that you left open, or from the page of the vote.")),
    "poll.not_let_in": (_("You were not let in: %(poll)s"), _("You asked for a paper of the vote “%(poll)s” when very many did. Two organisers decided to let nobody in who waited then. Their reason is on the page of the vote.")),
    "poll.declared_broken": (_("The vote does not count: %(poll)s"), _("The vote “%(poll)s” was declared broken and does not count. The reason is public.")),
}  # fmt: skip


OBSERVER = (
    _("You are an observer: %(poll)s"),
    _(
        "You and one other person ask some of those who are said to have taken a paper of “%(poll)s”: did you take it yourself? Never ask how anybody voted."
    ),
)


def register() -> None:
    for name, (subject, body) in {**TEXTS, "poll.observer_named": OBSERVER}.items():
        register_notice(name, subject, body)


def tell(poll: Poll, act: str) -> None:
    """Writes the message of `act` to everybody on the roll, inside the caller's transaction.

    Of an open poll nobody gets one: it is announced in public, and nobody asked to be reminded.
    """
    if act not in TABLE or poll.is_open:
        return
    people = RollEntry.objects.filter(poll=poll, person__isnull=False).values_list("person", flat=True)
    _tell(poll, TABLE[act], [person for person in people if person is not None])


def tell_observers(poll: Poll, people: list[int]) -> None:
    _tell(poll, "poll.observer_named", people)


def tell_organisers(poll: Poll, people: list[int]) -> None:
    """Writes to those who can decide that people wait, inside the caller's transaction."""
    _tell(poll, PEOPLE_WAIT, people, "ballots:propose_admission")


def tell_waiting(poll: Poll, people: list[int], *, lets_in: bool) -> None:
    """Writes to those who waited what became of it, inside the caller's transaction."""
    _tell(poll, AFTER_WAITING[lets_in], people, "ballots:poll_view")


def _tell(poll: Poll, notice: str, people: list[int], page: str = "") -> None:
    params = {"poll": (poll.name, poll.name_zh or poll.name)}
    url = reverse(page, args=[poll.code]) if page else ""
    notify(people=people, notice=notice, params=params, url=url, origin=poll.ref)
