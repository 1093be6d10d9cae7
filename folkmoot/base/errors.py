"""The ways in which an act can be refused. Each carries one sentence that a person can read."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentence = str | Promise


class FolkmootError(Exception):
    """An act was refused. `sentence` says why, in the reader's language when it is shown."""

    sentence: Sentence = _("That did not work.")
    status = 400

    def __init__(self, sentence: Sentence | None = None) -> None:
        if sentence is not None:
            self.sentence = sentence
        super().__init__(self.sentence)

    def __str__(self) -> str:
        return str(self.sentence)


class Refused(FolkmootError):
    """A rule of the place forbids the act as asked; `sentence` explains which."""

    status = 422


class NotAllowed(FolkmootError):
    """The actor does not hold the permission for the act."""

    sentence = _("Your post does not allow this.")
    status = 403


class NotFound(FolkmootError):
    """The thing does not exist, or the actor may not know that it does: both look the same."""

    sentence = _("There is no such page here.")
    status = 404


class StaleState(FolkmootError):
    """The row changed between reading and acting: somebody else was faster."""

    sentence = _("Somebody else was faster.")
    status = 409


class TooMany(FolkmootError):
    """A rate limit was reached."""

    sentence = _("That was too often in a short time. Please wait a little and try again.")
    status = 429
