"""Which message goes out after which act: always to the whole roll, never to those who have or have not voted."""

from django.utils.translation import gettext_lazy as _

from folkmoot.ballots.models import Poll, RollEntry
from folkmoot.channels.notices_text import register_notice
from folkmoot.channels.services import notify

TABLE: dict[str, str] = {
    "open": "poll.opened",
    "open_at_once": "poll.opened_at_once",
    "open_casting": "poll.casting_opened",
    "close": "poll.closed",
    "publish_result": "poll.result_published",
    "declare_broken": "poll.declared_broken",
}

TEXTS = {
    "poll.opened": (_("You may vote: %(poll)s"), _("You are on the roll of the vote “%(poll)s”. Papers are given out now; later you cast them. Nobody can see whether you vote, or how.")),
    "poll.opened_at_once": (_("You may vote: %(poll)s"), _("You are on the roll of the vote “%(poll)s”. You can take your paper and vote now. Nobody can see whether you vote, or how.")),
    "poll.casting_opened": (_("The vote is open: %(poll)s"), _("The vote “%(poll)s” is open now. Everybody on the roll gets this message, whether a paper was taken or not.")),
    "poll.closed": (_("The vote is closed: %(poll)s"), _("The vote “%(poll)s” is closed and will be counted. Everybody on the roll gets this message.")),
    "poll.result_published": (_("The result of %(poll)s"), _("The result of the vote “%(poll)s” is published. Anybody can check it against the public log.")),
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
    """Writes the message of `act` to everybody on the roll, inside the caller's transaction."""
    if act not in TABLE:
        return
    people = RollEntry.objects.filter(poll=poll, person__isnull=False).values_list("person", flat=True)
    _tell(poll, TABLE[act], [person for person in people if person is not None])


def tell_observers(poll: Poll, people: list[int]) -> None:
    _tell(poll, "poll.observer_named", people)


def _tell(poll: Poll, notice: str, people: list[int]) -> None:
    params = {"poll": (poll.name, poll.name_zh or poll.name)}
    notify(people=people, notice=notice, params=params, origin=poll.ref)
