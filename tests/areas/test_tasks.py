"""The worker's part of an import."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from folkmoot.areas import tasks
from folkmoot.areas.models import ImportRun, Level
from folkmoot.areas.services import confirm_import, start_import
from folkmoot.areas.services.imports import imports_folder
from folkmoot.areas.states import RunState
from folkmoot.base.actors import VISITOR
from folkmoot.base.errors import NotAllowed, Refused
from folkmoot.journal.models import Act
from tests.areas.conftest import LEVELS, OPERATOR


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def hand_in(content: str = LEVELS) -> ImportRun:
    upload = SimpleUploadedFile("levels.csv", content.encode())
    return start_import(actor=OPERATOR, kind="levels", upload=upload)


def state_of(run: ImportRun) -> str:
    run.refresh_from_db()
    return run.state


@pytest.mark.django_db
def test_work_checks_then_imports_once() -> None:
    run = hand_in()
    tasks.work_on(run.pk)
    assert (state_of(run), run.rows, Level.objects.count()) == (RunState.READY, 5, 0)
    tasks.work_on(run.pk)
    assert state_of(run) == RunState.READY
    confirm_import(actor=OPERATOR, run=run)
    tasks.work_on(run.pk)
    assert (state_of(run), Level.objects.count(), run.outcome["added"]) == (RunState.DONE, 5, 5)
    tasks.work_on(run.pk)
    assert [act.kind for act in Act.objects.order_by("pk")] == [
        "import.started",
        "import.confirmed",
        "import.finished",
    ]
    assert list(imports_folder().glob(f"{run.pk}.*")) == []


@pytest.mark.django_db
def test_import_finds_what_changed_since_the_check() -> None:
    run = hand_in()
    tasks.work_on(run.pk)
    Level.objects.create(code="hut", rank=50, name="Hut")
    run.refresh_from_db()
    confirm_import(actor=OPERATOR, run=run)
    tasks.work_on(run.pk)
    assert (state_of(run), run.fault_count, Level.objects.count()) == (RunState.FAULTY, 1, 1)


@pytest.mark.django_db
def test_lost_file_fails_with_a_clear_state() -> None:
    run = hand_in()
    (imports_folder() / run.path).unlink()
    tasks.work_on(run.pk)
    assert state_of(run) == RunState.FAILED


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "after"), [("checking", "waiting"), ("importing", "asked")])
def test_run_whose_process_died_begins_again(state: str, after: str) -> None:
    run = hand_in()
    ImportRun.objects.filter(pk=run.pk).update(state=state)
    tasks.tell_progress(run.pk, "check", 1, 5)
    tasks.wake_lost()
    assert state_of(run) == state
    long_ago = time.time() - tasks.SILENT_SECONDS - 1
    os.utime(tasks.progress_file(run.pk), (long_ago, long_ago))
    tasks.wake_lost()
    assert state_of(run) == after


@pytest.mark.django_db
def test_forgotten_file_goes_after_a_week(at: Any, django_capture_on_commit_callbacks: Any) -> None:
    at("2026-11-20 09:00")
    run = hand_in("code,rank,name\nhut,x,Hut\n")
    tasks.work_on(run.pk)
    at("2026-11-27 08:00")
    tasks.drop_forgotten()
    assert state_of(run) == RunState.FAULTY
    at("2026-11-27 10:00")
    with django_capture_on_commit_callbacks(execute=True):
        tasks.drop_forgotten()
    assert (state_of(run), run.faults, (imports_folder() / run.path).exists()) == (
        RunState.DROPPED,
        [],
        False,
    )


@pytest.mark.django_db
def test_start_import_needs_the_operator_and_a_known_kind() -> None:
    with pytest.raises(NotAllowed):
        start_import(actor=VISITOR, kind="levels", upload=SimpleUploadedFile("a", b"x"))
    with pytest.raises(Refused):
        start_import(actor=OPERATOR, kind="spoons", upload=SimpleUploadedFile("a", b"x"))
    assert list(imports_folder().iterdir()) == []


def test_progress_is_told_through_a_file() -> None:
    assert tasks.told_progress(12345) == ("check", 0, 0)
    tell = tasks.progress_of(12345)
    tell("write", 2000, 5000)
    tell("write", 4000, 5000)  # too soon after the last one
    assert tasks.told_progress(12345) == ("write", 2000, 5000)
    tasks.progress_file(12345).unlink()


@pytest.mark.django_db(transaction=True)
def test_worker_begins_what_waits_in_a_thread() -> None:
    run = hand_in()
    assert tasks.work_on_imports() == 1
    deadline = time.monotonic() + 20
    while state_of(run) != RunState.READY and time.monotonic() < deadline:
        time.sleep(0.05)
    assert state_of(run) == RunState.READY
    assert tasks.work_on_imports() == 0
