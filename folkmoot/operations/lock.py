"""One server and one worker for one data folder: a lock that ends with its process, however it ends."""

import fcntl
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from folkmoot.base.errors import Refused

held: list[object] = []


def hold_lock(path: Path) -> None:
    """Holds the lock until the process and its children end. Raises Refused when somebody else holds it."""
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise Refused(
            _("Folkmoot runs already on the folder %(folder)s.") % {"folder": path.parent}
        ) from None
    held.append(file)  # the lock lives as long as the file stays open
