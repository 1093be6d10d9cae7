"""What the bare machine does: a trivial application under the same server, rows that are safe on the disk."""

import contextlib
import os
import sqlite3
import sys
import time
from collections.abc import Generator
from pathlib import Path

import psycopg
from django.db import connection

from measure import ROOT
from measure.server import Running, serving


def bare_server() -> "contextlib.AbstractContextManager[Running]":
    """The application of bare.py under granian, one process and four threads as ours."""
    return serving(
        sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "4",
        "--no-ws", "--log-level", "warning", "--port", "{port}", "measure.bare:application",
        environment={"PYTHONPATH": str(ROOT / "bench")},
    )  # fmt: skip


def durable_inserts_per_second(seconds: float = 2.0) -> float:
    """One row for each transaction, on the disk before the next, on the database of this run, one writer."""
    insert = _postgres_insert if connection.vendor == "postgresql" else _sqlite_insert
    with contextlib.closing(insert()) as step:
        next(step)
        begun, count = time.perf_counter(), 0
        while time.perf_counter() - begun < seconds:
            next(step)
            count += 1
        return count / (time.perf_counter() - begun)


def _sqlite_insert() -> Generator[None, None, None]:
    path = Path(os.environ["DATA_DIR"]) / "floor.sqlite3"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, text TEXT)")
        while True:
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO bare (text) VALUES (?)", ["x" * 400])
            database.execute("COMMIT")
            yield


def _postgres_insert() -> Generator[None, None, None]:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
        database.execute("CREATE TABLE IF NOT EXISTS bare (id bigserial PRIMARY KEY, text text)")
        while True:
            database.execute("INSERT INTO bare (text) VALUES (%s)", ["x" * 400])
            yield
