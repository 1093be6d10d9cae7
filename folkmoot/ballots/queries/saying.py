"""Texts of leaves in the language of whoever reads the page."""

from django.utils.translation import get_language

from folkmoot.ballots.models import Poll, RollEntry
from folkmoot.ballots.queries.registrar import secrecy, told_to


def language_of_leaves() -> str:
    """The tag by which leaves know the reader's language."""
    return "zh-Hans" if get_language() == "zh-hans" else "en"


def secrecy_sentence(poll: Poll) -> str:
    """What a voter is told of the secrecy that the poll reaches."""
    return str(secrecy(poll)[language_of_leaves()])


def told_in_words(entry: RollEntry) -> str:
    """What may happen to a paper because of small numbers."""
    return told_to(entry).get(language_of_leaves(), "")
