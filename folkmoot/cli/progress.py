"""One line that moves while a long job runs, where somebody watches; silence where a file listens."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SECONDS_BETWEEN = 0.2


@contextmanager
def progress_line(what: str) -> Iterator[Callable[[int, int], None]]:
    """Gives a function `(done, total)` that shows how far the job is."""
    shown_at = 0.0
    is_watched = sys.stderr.isatty()

    def show(done: int, total: int) -> None:
        nonlocal shown_at
        if is_watched and (done >= total or time.monotonic() - shown_at > SECONDS_BETWEEN):
            shown_at = time.monotonic()
            print(f"\r{done:,} of {total:,} {what} ", end="", file=sys.stderr, flush=True)

    yield show
    if is_watched and shown_at:
        print(file=sys.stderr)
