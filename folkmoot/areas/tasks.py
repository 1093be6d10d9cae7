"""The worker's part of an import: check what was handed in, import what was confirmed, forget what was left.

Checking and writing run in a thread of the worker, because they may take a minute and other work is due. How far
they are is told through a small file, because the database learns of it only when all is written.
"""

import json
import logging
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import close_old_connections, connection

from folkmoot.areas.imports.checking import Progress
from folkmoot.areas.imports.faults import Fault
from folkmoot.areas.models import ImportRun
from folkmoot.areas.services.import_file import Result, import_file
from folkmoot.areas.services.imports import drop_import, forget_file, imports_folder
from folkmoot.areas.states import TRANSITIONS, RunState
from folkmoot.base import clock
from folkmoot.base.actors import CLOCK, Actor
from folkmoot.base.errors import FolkmootError, StaleState
from folkmoot.base.transition import move

logger = logging.getLogger("folkmoot.imports")

NEXT_ACTS = {RunState.WAITING: "check", RunState.ASKED: "import"}
WORKING = (RunState.CHECKING, RunState.IMPORTING)
SECONDS_BETWEEN_STEPS = 0.5
SILENT_SECONDS = 120  # a run that tells nothing for so long has lost its process
KEPT_DAYS = 7
_lock = threading.Lock()


def work_on_imports() -> int:
    """Begins what waits, wakes what was lost, drops what nobody wanted. Returns how many runs were begun."""
    wake_lost()
    drop_forgotten()
    waiting = ImportRun.objects.filter(state__in=NEXT_ACTS).order_by("pk").values_list("pk", flat=True)
    if waiting and not _lock.locked():
        threading.Thread(target=_work_in_thread, args=(list(waiting),), daemon=True).start()
    return len(waiting)


def _work_in_thread(waiting: list[int]) -> None:
    if not _lock.acquire(blocking=False):
        return
    try:
        close_old_connections()
        for pk in waiting:
            work_on(pk)
    finally:
        connection.close()
        _lock.release()


def work_on(pk: int) -> None:
    """Checks or imports one file, whichever is next. If somebody else has begun, nothing happens."""
    run = ImportRun.objects.get(pk=pk)
    act = NEXT_ACTS.get(RunState(run.state))
    if act is None:
        return
    tell_progress(pk, "check", 0, 0)
    try:
        move(run, act=act, table=TRANSITIONS)
    except StaleState:
        return
    try:
        _settle(run, _import(run, is_dry_run=act == "check"))
    except StaleState:
        logger.warning("import %s was taken over by another process", pk)
    except Exception as error:
        logger.exception("import %s could not be finished", pk)
        faults = [Fault(0, "", error.sentence).as_row()] if isinstance(error, FolkmootError) else []
        move(run, act="fail", table=TRANSITIONS, faults=faults)
        forget_file(run)
    finally:
        progress_file(pk).unlink(missing_ok=True)


def _import(run: ImportRun, *, is_dry_run: bool) -> Result:
    return import_file(
        actor=Actor(ref=run.started_by, is_operator=True), kind=run.kind, path=imports_folder() / run.path,
        is_dry_run=is_dry_run, takes_good_rows=run.takes_good_rows, progress=progress_of(run.pk),
    )  # fmt: skip


def _settle(run: ImportRun, result: Result) -> None:
    found: dict[str, Any] = {
        "rows": result.rows,
        "faults": [fault.as_row() for fault in result.faults],
        "fault_count": result.fault_count,
        "has_good_rows": result.is_read_whole and result.left_out < result.rows,
        "at": clock.now(),
    }
    if result.counts is not None:
        counts = result.counts
        outcome = {"added": counts.added, "changed": counts.changed, "unchanged": counts.unchanged}
        move(run, act="finish", table=TRANSITIONS, outcome={**outcome, "left_out": result.left_out}, **found)
        forget_file(run)
    else:
        move(run, act="find_faults" if result.fault_count else "find_none", table=TRANSITIONS, **found)


def wake_lost() -> None:
    """Runs whose process died begin again; what they had not committed is not there."""
    for run in ImportRun.objects.filter(state__in=WORKING):
        try:
            silent = time.time() - progress_file(run.pk).stat().st_mtime
        except FileNotFoundError:
            silent = (clock.now() - run.at).total_seconds()
        if silent > SILENT_SECONDS:
            move(run, act="wake", table=TRANSITIONS)


def drop_forgotten() -> None:
    """Files that nobody asked for within a week go."""
    before = clock.now() - timedelta(days=KEPT_DAYS)
    for run in ImportRun.objects.filter(state__in=(RunState.READY, RunState.FAULTY), at__lt=before):
        drop_import(actor=CLOCK, run=run)


def progress_file(pk: int) -> Path:
    return imports_folder() / f"{pk}.progress"


def progress_of(pk: int) -> Progress:
    """Tells the progress of a run, not more often than a page asks for it."""
    told_at = 0.0

    def tell(phase: str, done: int, total: int) -> None:
        nonlocal told_at
        if time.monotonic() - told_at > SECONDS_BETWEEN_STEPS:
            told_at = time.monotonic()
            tell_progress(pk, phase, done, total)

    return tell


def tell_progress(pk: int, phase: str, done: int, total: int) -> None:
    fresh = progress_file(pk).with_suffix(".new")
    fresh.write_text(json.dumps([phase, done, total]), encoding="utf-8")
    fresh.replace(progress_file(pk))


def told_progress(pk: int) -> tuple[str, int, int]:
    """Phase, rows done and rows in all, as the run told last."""
    try:
        phase, done, total = json.loads(progress_file(pk).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return "check", 0, 0
    return str(phase), int(done), int(total)
