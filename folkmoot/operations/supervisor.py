"""Starts the processes of one installation, starts a dead one again, and stops all of them.

The supervisor loads Django once and forks, so that the processes share its memory. It has no threads, so that
forking is safe at any time. Each child leads its own process group: Ctrl-C reaches the supervisor alone, and
what a killed child leaves behind can be ended with it.
"""

import contextlib
import ctypes
import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkProcess

from django.db import connections

logger = logging.getLogger("folkmoot.serve")

POLL_SECONDS = 0.1
STOP_SECONDS = 4.0
CALM_SECONDS = 60.0  # a child that lived so long is not failing in a loop
LONGEST_PAUSE_SECONDS = 30.0
PR_SET_PDEATHSIG = 1  # Linux: the signal that a child gets when its parent dies

forking = multiprocessing.get_context("fork")


@dataclass
class Child:
    """A process that the supervisor keeps. `is_kept` false: it runs once, and may end."""

    name: str
    main: Callable[[], None]
    is_kept: bool = True
    process: ForkProcess | None = None
    started_at: float = 0.0
    failures: int = 0
    not_before: float = 0.0

    def start(self) -> None:
        self.process = forking.Process(
            target=live, args=(self.main, os.getpid()), name=f"folkmoot-{self.name}"
        )
        self.process.start()
        self.started_at = time.monotonic()

    def look_after(self) -> None:
        """Starts the child if it is time to; sees whether it has died."""
        if self.process is None:
            if time.monotonic() >= self.not_before:
                self.start()
        elif self.process.exitcode is not None:
            self.bury(self.process.exitcode)

    def bury(self, exit_code: int) -> None:
        """Ends what the dead child left running, and sets when the next one starts."""
        self.end_group(signal.SIGKILL)
        self.process = None
        if not self.is_kept:
            self.not_before = float("inf")
            if exit_code:
                logger.error("%s ended with %s", self.name, exit_code)
            return
        self.failures = 0 if time.monotonic() - self.started_at > CALM_SECONDS else self.failures + 1
        pause = min(LONGEST_PAUSE_SECONDS, 0.25 * 2**self.failures)
        self.not_before = time.monotonic() + pause
        logger.error("%s died (%s); started again in %.1f s", self.name, exit_code, pause)

    def end_group(self, signal_number: signal.Signals) -> None:
        if self.process is not None and self.process.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal_number)


def live(main: Callable[[], None], parent: int) -> None:
    """The life of a child: its own group, and an end when its supervisor is gone."""
    os.setpgid(0, 0)
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == parent:
        main()


def supervise(children: Sequence[Child], *, each_round: Callable[[], None]) -> None:
    """Keeps the children until SIGTERM or Ctrl-C, then stops them within STOP_SECONDS."""
    stopping = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: stopping.set())
    connections.close_all()  # no connection is shared with a child
    gc.freeze()
    try:
        while not stopping.is_set():
            for child in children:
                child.look_after()
            each_round()
            stopping.wait(POLL_SECONDS)
    finally:
        stop_all(children)


def stop_all(children: Sequence[Child]) -> None:
    """Asks all children to stop, then ends those that do not."""
    alive = [child for child in children if child.process is not None]
    for child in alive:
        if child.process is not None:
            child.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in alive:
        if child.process is not None:
            child.process.join(max(0.0, deadline - time.monotonic()))
            child.end_group(signal.SIGKILL)
            child.process.join()
