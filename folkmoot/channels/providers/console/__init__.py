"""Codes on the console, for the demo: nothing leaves the machine."""

import logging
from collections import OrderedDict
from threading import Lock

from django.conf import settings

KEPT = 200

log = logging.getLogger("folkmoot.codes")
_last: OrderedDict[str, str] = OrderedDict()  # one for the process, which in the demo is the only one
_lock = Lock()


def send_code(*, phone: str, code: str, language: str) -> None:
    """Writes the code to the log; in the demo the sign-in page may show it too."""
    log.info("code for the phone that ends in %s (%s): %s", phone[-4:], language, code)
    if settings.DEMO:
        with _lock:
            _last[phone] = code
            _last.move_to_end(phone)
            while len(_last) > KEPT:
                _last.popitem(last=False)


def last_code_for(phone: str) -> str | None:
    """The newest code for `phone`; None outside of the demo."""
    return _last.get(phone) if settings.DEMO else None
