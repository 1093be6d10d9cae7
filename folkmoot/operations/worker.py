"""The worker: once a second, everything that is due. See base.registries.due_work for what that is.

Each entry is on its own: when one fails, the others go on, and it is tried again later and later. Killed at
any moment it loses nothing, because every entry works in transactions of its own. Slow work, which asks others'
machines, has a thread for each entry: however long they are silent, what is due here is done in time.
"""

import json
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection, connections

from folkmoot.base.registries import due_work, slow_work
from folkmoot.demo.load import is_loading
from folkmoot.operations.lock import held_lock
from folkmoot.operations.wal import Checkpointer, checkpointer_for

logger = logging.getLogger("folkmoot.worker")

SECONDS_BETWEEN_ROUNDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0


@dataclass
class Job:
    """One entry of due work, and how it fares."""

    name: str
    work: Callable[[], int]
    failures: int = 0
    error: str = ""
    not_before: float = 0.0

    def run(self) -> int | None:
        """Does what is due; returns how much was done, None when it failed."""
        try:
            done = self.work()
        except Exception as error:
            self.note_failure(error)
            return None
        if self.failures:
            logger.info("%s works again", self.name)
        self.failures, self.error, self.not_before = 0, "", 0.0
        return done

    def note_failure(self, error: Exception) -> None:
        """Says it in one line, with the traceback only where the fault may be ours."""
        self.failures += 1
        self.error = f"{type(error).__name__}: {error}".splitlines()[0]
        pause = min(LONGEST_PAUSE_SECONDS, 2.0**self.failures)
        self.not_before = time.monotonic() + pause
        is_database = isinstance(error, OperationalError | InterfaceError)
        logger.error(
            "%s failed (%s); tried again in %d s", self.name, self.error, pause, exc_info=not is_database
        )
        if is_database:  # the next try opens a new connection: a restarted PostgreSQL heals
            connections.close_all()


class Worker:
    """Runs jobs in rounds until it is told to stop."""

    def __init__(
        self, jobs: list[Job], checkpointer: Checkpointer | None, heartbeat: Path, slow: Sequence[Job] = ()
    ) -> None:
        self.jobs = jobs
        self.slow = slow
        self.checkpointer = checkpointer
        self.heartbeat = heartbeat
        self.stopping = threading.Event()

    def run(self) -> None:
        """Effects: the due work, the checkpoints of SQLite, and the heartbeat file."""
        for job in self.slow:
            threading.Thread(target=self.run_apart, args=[job], name=job.name, daemon=True).start()
        while not self.stopping.is_set():
            self.round()
            self.stopping.wait(SECONDS_BETWEEN_ROUNDS)
        if self.checkpointer:
            self.checkpointer.close()

    def round(self) -> None:
        close_old_connections()
        for job in self.jobs:
            if not self.stopping.is_set() and time.monotonic() >= job.not_before:
                job.run()
        if self.checkpointer:
            self.checkpointer.run()
        try:
            self.beat()
        except OSError as error:
            logger.error("the heartbeat cannot be written: %s", error)

    def run_apart(self, job: Job) -> None:
        """The life of a thread; it ends with the process, whatever it waits for."""
        while not self.stopping.is_set():
            close_old_connections()
            if time.monotonic() >= job.not_before:
                job.run()
            self.stopping.wait(SECONDS_BETWEEN_ROUNDS)
        connections.close_all()

    def beat(self) -> None:
        """Tells `folkmoot doctor` that the worker lives, and which of its jobs do not."""
        failing = {job.name: job.error for job in (*self.jobs, *self.slow) if job.failures}
        fresh = self.heartbeat.with_suffix(".new")
        fresh.write_text(json.dumps({"pid": os.getpid(), "failing": failing}), encoding="utf-8")
        fresh.replace(self.heartbeat)


def heartbeat_path() -> Path:
    return Path(settings.DATA_DIR) / "worker.json"


def due_jobs() -> list[Job]:
    """Everything that is registered. While the demo lives through its year, its matters are left to its own clock."""
    return [Job(name, unless_loading(work) if name.startswith("cases.") else work) for name, work in due_work]


def slow_jobs() -> list[Job]:
    """Everything that is registered as slow."""
    return [Job(name, work) for name, work in slow_work]


def unless_loading(work: Callable[[], int]) -> Callable[[], int]:
    return (lambda: 0 if is_loading() else work()) if settings.DEMO else work


def run_worker() -> None:
    """The whole life of a worker process: until SIGTERM or Ctrl-C, which let the present job end.

    Raises Refused when another worker has this data folder: only one place may checkpoint.
    """
    with held_lock(Path(settings.DATA_DIR) / "worker.lock"):
        checkpointer = checkpointer_for(connection.settings_dict)
        worker = Worker(due_jobs(), checkpointer, heartbeat_path(), slow_jobs())
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, lambda *_: worker.stopping.set())
        worker.run()
