import sqlite3
import threading
import time
from contextlib import closing

import pytest

from folkmoot.operations.wal import READERS_SECONDS, Checkpointer, checkpointer_for


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "some.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE thing (name TEXT)")
    return path


@pytest.fixture
def open_connection(path):
    """Opens connections as the settings do: none of them checkpoints by itself."""
    opened = []

    def open_one():
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA wal_autocheckpoint=0")
        opened.append(connection)
        return connection

    yield open_one
    for connection in opened:
        connection.close()


@pytest.fixture
def checkpointer(path):
    checkpointer = Checkpointer(path)
    yield checkpointer
    checkpointer.close()


def test_run_moves_everything_into_the_database_file(path, open_connection, checkpointer):
    writer = open_connection()
    for number in range(500):
        writer.execute("INSERT INTO thing VALUES (?)", [f"{number:4000}"])
    before = path.stat().st_size
    assert checkpointer.wal.stat().st_size > 2_000_000
    assert checkpointer.run() is True
    assert checkpointer.wal.stat().st_size == 0
    assert path.stat().st_size > before + 1_900_000


def test_run_with_nothing_written_does_nothing(path, open_connection, checkpointer):
    open_connection()
    before = path.stat().st_mtime_ns
    assert checkpointer.run() is True
    assert path.stat().st_mtime_ns == before


def test_run_waits_while_somebody_reads_and_lets_writers_on(open_connection, checkpointer):
    reader, writer = open_connection(), open_connection()
    writer.execute("INSERT INTO thing VALUES ('before')")
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM thing").fetchone() == (1,)
    writer.execute("INSERT INTO thing VALUES ('after')")
    begun = time.perf_counter()
    assert checkpointer.run() is False
    writer.execute("INSERT INTO thing VALUES ('at once')")
    assert time.perf_counter() - begun < READERS_SECONDS + 1
    assert checkpointer.run() is False  # it does not even try again so soon
    reader.execute("ROLLBACK")
    checkpointer.not_before = 0.0
    assert checkpointer.run() is True
    assert checkpointer.pause_seconds == 0.0


def test_run_never_checkpoints_while_somebody_writes(path, open_connection, checkpointer):
    """SQLite would fall back to a checkpoint without the lock: the case in which old versions lose pages."""
    open_connection().execute("INSERT INTO thing VALUES ('before')")
    writer = open_connection()
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO thing VALUES ('during')")
    before = path.read_bytes()
    assert checkpointer.run() is False
    assert path.read_bytes() == before
    writer.execute("COMMIT")
    checkpointer.not_before = 0.0
    assert checkpointer.run() is True
    assert path.read_bytes() != before


def test_run_again_and_again_under_four_writers_loses_nothing(path, open_connection, checkpointer):
    def write(connection, writer):
        connection.execute("PRAGMA busy_timeout=20000")
        for number in range(150):
            connection.execute("INSERT INTO thing VALUES (?)", [f"{writer}-{number}"])

    writers = [threading.Thread(target=write, args=(open_connection(), number)) for number in range(4)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        checkpointer.not_before = 0.0
        checkpointer.run()
    connection = open_connection()
    assert connection.execute("SELECT count(DISTINCT name) FROM thing").fetchone() == (600,)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_checkpointer_for_a_database_without_a_file_is_none(tmp_path):
    assert checkpointer_for({"ENGINE": "django.db.backends.postgresql", "NAME": "folkmoot"}) is None
    assert checkpointer_for({"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "not-yet"}) is None
