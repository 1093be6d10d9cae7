"""One line that moves while a long job runs, where somebody watches; silence where a file listens."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from folkmoot.base.errors import Sentence

SECONDS_BETWEEN = 0.2
BAR_LETTERS = 24


@contextmanager
def progress_line(what: Sentence) -> Iterator[Callable[[int, int], None]]:
    """Gives a function `(done, total)` that shows how far the job is, and how fast."""
    began = time.monotonic()
    shown_at = 0.0
    is_watched = sys.stderr.isatty()

    def show(done: int, total: int) -> None:
        nonlocal shown_at
        now = time.monotonic()
        if is_watched and (done >= total or now - shown_at > SECONDS_BETWEEN):
            shown_at = now
            print(f"\r{line_of(done, total, what, now - began)} ", end="", file=sys.stderr, flush=True)

    yield show
    if is_watched and shown_at:
        print(file=sys.stderr)


def line_of(done: int, total: int, what: Sentence, seconds: float) -> str:
    """`[######------] 1,200 of 2,400 files, 400/s`"""
    filled = BAR_LETTERS * min(done, total) // max(total, 1)
    bar = "#" * filled + "-" * (BAR_LETTERS - filled)
    speed = f", {done / seconds:,.0f}/s" if seconds > 1 else ""
    told = _("%(done)s of %(total)s %(what)s") % {"done": f"{done:,}", "total": f"{total:,}", "what": what}
    return f"[{bar}] {told}{speed}"
