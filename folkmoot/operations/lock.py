"""One server and one worker for one data folder: a lock that ends with its process, however it ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from folkmoot.base.errors import Refused


@contextmanager
def held_lock(path: Path) -> Iterator[None]:
    """Holds the lock inside the block, for this process and its children.

    Raises Refused when somebody else holds it.
    """
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sentence = _("Folkmoot runs already on the folder %(folder)s.")
            raise Refused(sentence % {"folder": path.parent}) from None
        yield
