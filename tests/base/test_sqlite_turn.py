"""Writers of one SQLite file stand in one queue."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.utils import OperationalError

from folkmoot.base.sqlite3.base import DatabaseWrapper, Turn, turn_of
from folkmoot.settings import sqlite

Opener = Callable[..., DatabaseWrapper]

pytestmark = pytest.mark.django_db  # which lets connections be opened


@pytest.fixture
def open_connection(tmp_path: Path) -> Iterator[Opener]:
    opened = []

    def open_one(timeout: float = 5) -> DatabaseWrapper:
        settings: dict[str, Any] = connections.settings["default"] | sqlite(tmp_path / "some.sqlite3")
        settings["OPTIONS"] = settings["OPTIONS"] | {"timeout": timeout, "check_same_thread": False}
        connection = DatabaseWrapper(settings, "other")
        connection.inc_thread_sharing()
        opened.append(connection)
        return connection

    yield open_one
    for connection in opened:
        connection.close()


def begin(connection: DatabaseWrapper) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def finish(connection: DatabaseWrapper) -> None:
    connection.commit()
    connection.set_autocommit(True)


def test_turn_is_had_by_one_process_at_a_time(tmp_path: Path) -> None:
    # Each opens the file for itself, as two processes do.
    here, there = Turn(tmp_path / "turn"), Turn(tmp_path / "turn")
    assert here.take(0) is True
    assert there.take(0.02) is False
    here.give_back()
    assert there.take(0) is True
    there.give_back()


def test_turn_is_had_by_one_thread_at_a_time(tmp_path: Path) -> None:
    turn = turn_of(tmp_path / "some.sqlite3")
    assert turn_of(tmp_path / "some.sqlite3") is turn
    assert turn.take(0) is True
    assert turn.take(0.02) is False
    turn.give_back()
    assert turn.take(0) is True
    turn.give_back()


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_transaction_gives_its_turn_back(open_connection: Opener, end: str) -> None:
    first, second = open_connection(), open_connection(timeout=0.05)
    begin(first)
    with pytest.raises(OperationalError, match="database is locked"):
        begin(second)
    getattr(first, end)()
    begin(second)
    finish(second)


def test_transaction_that_waits_begins_when_the_other_ends(open_connection: Opener) -> None:
    first, second, begun = open_connection(), open_connection(), []
    with first.cursor() as cursor:
        cursor.execute("CREATE TABLE thing (name TEXT)")
    begin(first)

    def write() -> None:
        begin(second)
        begun.append(time.monotonic())
        with second.cursor() as cursor:
            cursor.execute("INSERT INTO thing VALUES ('second')")
        finish(second)

    thread = threading.Thread(target=write)
    thread.start()
    with first.cursor() as cursor:
        cursor.execute("INSERT INTO thing VALUES ('first')")
    time.sleep(0.2)
    assert begun == []
    first.commit()
    thread.join()
    with first.cursor() as cursor:
        assert cursor.execute("SELECT name FROM thing").fetchall() == [("first",), ("second",)]


def test_begin_that_fails_gives_the_turn_back(open_connection: Opener) -> None:
    first, second = open_connection(), open_connection()
    first.ensure_connection()
    first.connection.close()
    with pytest.raises(Exception, match="closed database"):
        begin(first)
    begin(second)
    finish(second)
