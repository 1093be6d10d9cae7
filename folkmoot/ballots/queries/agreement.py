"""What two registrars of a poll hand to one another, as it lies here."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from folkmoot_kernel.papers import Paper as PaperLeaf

from folkmoot.ballots.handover import OpenedPapers
from folkmoot.ballots.models import Agreement, Poll
from folkmoot.base.errors import NotFound, Sentence

# What is handed over, in its order, as people call it.
HANDED: dict[str, Sentence] = {
    "setup": _("The set-up for the second registrar"),
    "keys": _("The keys of the second registrar"),
    "papers": _("The papers as they were opened"),
    "numbers": _("The numbers of the second registrar"),
}


def agreement_on(poll: Poll) -> Agreement | None:
    """The agreement of two registrars on a poll; None where there is one registrar. One query at most."""
    return Agreement.objects.filter(poll=poll).first() if poll.second_registrar else None


def handed_over(poll: Poll, name: str) -> bytes:
    """The file of this name; empty while there is none. Raises NotFound for another name."""
    agreement = agreement_on(poll)
    if agreement is None or name not in HANDED:
        raise NotFound()
    if name == "papers":
        leaves = [bytes(paper.leaf) for paper in poll.papers.all()] if poll.log_key else []
        return OpenedPapers(poll.log_key, tuple(map(PaperLeaf.decode, leaves))).encode() if leaves else b""
    return bytes(getattr(agreement, name))


def other_registrar(poll: Poll) -> str:
    """The host from which a voter needs a code, too; empty where there is one registrar."""
    return poll.organiser.partition("://")[2] if poll.is_elsewhere else poll.second_registrar


def box_origin(poll: Poll) -> str:
    """Where the booth and the log of a poll are: with whoever organises it."""
    if not poll.is_elsewhere:
        return str(settings.BOX_ORIGIN)
    return f"{poll.organiser.partition('://')[0]}://{poll.log_origin.partition('/')[0]}"


def verify_address(poll: Poll) -> str:
    """The page on which everybody can check the poll; it is with whoever organises it."""
    return poll.organiser + reverse("ballots:poll_verify", args=[poll.code])
