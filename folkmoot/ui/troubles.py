"""What can go wrong, and the words for it. `trouble_of` is the only place where an exception becomes a page."""

import errno
from dataclasses import dataclass, replace

from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import OperationalError
from django.http import Http404, UnreadablePostError
from django.utils.translation import gettext_lazy as _

from folkmoot.base.doors import SignInFirst
from folkmoot.base.errors import (
    FolkmootError,
    NotAllowed,
    NotFound,
    Refused,
    Sentence,
    StaleState,
    TooMany,
)


@dataclass(frozen=True)
class Trouble:
    """One way to fail: what happened, what to do, and whether the same can be sent again."""

    status: int
    title: Sentence
    sentence: Sentence
    advice: Sentence = ""
    may_send_again: bool = False
    retry_after_seconds: int | None = None


NOT_FOUND = Trouble(
    404,
    _("There is no such page here"),
    _("Perhaps the address has a slip in it, or the page is not open to you."),
)
NOT_ALLOWED = Trouble(
    403,
    _("This is not open to you"),
    NotAllowed.sentence,
    _("If you hold several posts, choose the right one under “My work”."),
)
SIGN_IN_FIRST = Trouble(
    403,
    _("You are signed out"),
    _("Nothing is lost, and nothing was stored yet."),
    _("Sign in in a new window, come back here and send it again."),
    may_send_again=True,
)
# Not 401: RFC 9110 wants a WWW-Authenticate header with it, and a browser would open its own window for that.
SIGN_IN_TO_SEE = Trouble(403, _("Sign in first"), _("This is open to people who are signed in."))
STALE = Trouble(
    409,
    _("Somebody else was faster"),
    _("While you were here, somebody else changed this. Nothing of yours was stored."),
    _("Look at how it stands now, then decide again."),
)
REFUSED = Trouble(422, _("This does not work"), FolkmootError.sentence)
TOO_MANY = Trouble(
    429,
    _("Please wait a little"),
    TooMany.sentence,
    may_send_again=True,
    retry_after_seconds=60,
)
TOO_BIG = Trouble(
    413,
    _("That was too much at once"),
    _("The files or texts together are larger than we can take. Nothing was stored."),
    _("Go back in your browser: what you typed should still be there. Then send fewer or smaller files."),
)
BROKEN_OFF = Trouble(
    400,
    _("Your message did not arrive whole"),
    _("The connection broke off while you were sending. Nothing was stored."),
    _("Go back in your browser: what you typed should still be there. Then send it again."),
)
NOT_UNDERSTOOD = Trouble(
    400,
    _("We could not read that"),
    _("Your browser sent something we do not understand. Nothing was stored."),
    _("Go back in your browser and try once more."),
)
FORM_TOO_OLD = Trouble(
    403,
    _("Please send it once more"),
    _("This page was open for a long time, or you signed in or out meanwhile."),
    may_send_again=True,
)
FROM_ELSEWHERE = Trouble(
    403,
    _("We do not know where this came from"),
    _("We could not be sure that one of our own pages sent this. Nothing was done."),
    _("If you wanted to do this yourself, open our page again and do it there."),
)
WRONG_WAY = Trouble(
    405,
    _("This address is not a page"),
    _("It only takes what a form sends. Nothing was stored."),
)
WRONG_METHOD = Trouble(
    405,
    _("This address is not a page"),
    _("This address does not take that method. The header Allow names those that it takes."),
)
NOT_JSON = Trouble(
    400,
    _("We could not read that"),
    _("The body must be JSON, sent as application/json. Nothing was stored."),
)
BUSY = Trouble(
    503,
    _("Very many people are writing at once"),
    _("We could not store this just now."),
    _("Wait half a minute, then send it again."),
    may_send_again=True,
    retry_after_seconds=30,
)
DISK_FULL = Trouble(
    503,
    _("There is no room left to store anything"),
    _("The disk of this server is full. The people who run it can see this."),
    _("Please try again in some hours, or call your chief."),
    may_send_again=True,
    retry_after_seconds=3600,
)
NO_DATABASE = Trouble(
    503,
    _("We cannot reach our records just now"),
    _("Nothing was stored."),
    _("Wait a minute, then try again."),
    may_send_again=True,
    retry_after_seconds=60,
)
BROKEN = Trouble(
    500,
    _("Something broke on our side"),
    _("This is our fault, not yours. Nothing was half-stored."),
    _("Please try again in a few minutes. If you are in a hurry, call your chief."),
)

_KINDS: list[tuple[type[Exception], Trouble]] = [  # a subclass stands before its parent
    (SignInFirst, SIGN_IN_FIRST),
    (StaleState, STALE),
    (NotFound, NOT_FOUND),
    (Http404, NOT_FOUND),
    (NotAllowed, NOT_ALLOWED),
    (PermissionDenied, NOT_ALLOWED),
    (TooMany, TOO_MANY),
    (Refused, REFUSED),
    (RequestDataTooBig, TOO_BIG),
    (TooManyFieldsSent, TOO_BIG),
    (TooManyFilesSent, TOO_BIG),
    (UnreadablePostError, BROKEN_OFF),
]


def trouble_of(error: BaseException | None) -> Trouble | None:
    """The words for `error`; None when it is a fault of ours that nobody foresaw."""
    if isinstance(error, OperationalError):
        return _storage_trouble(str(error))
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return DISK_FULL
    for kind, trouble in _KINDS:
        if isinstance(error, kind):
            return _in_its_own_words(error, trouble)
    if isinstance(error, FolkmootError):
        return replace(REFUSED, status=error.status, sentence=error.sentence)
    return None


def _in_its_own_words(error: BaseException, trouble: Trouble) -> Trouble:
    """The sentence that the raiser gave, where it gave one."""
    if isinstance(error, FolkmootError) and "sentence" in vars(error):
        return replace(trouble, sentence=error.sentence)
    return trouble


def _storage_trouble(message: str) -> Trouble:
    lowered = message.lower()
    if "full" in lowered or "no space left" in lowered:
        return DISK_FULL
    if "locked" in lowered or "busy" in lowered or "deadlock" in lowered or "timeout" in lowered:
        return BUSY
    return NO_DATABASE
