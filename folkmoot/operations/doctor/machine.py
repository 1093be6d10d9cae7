"""Clock, disk and database."""

import os
import sqlite3
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from shutil import disk_usage

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from folkmoot.journal.models import Act
from folkmoot.operations.doctor.finding import Findings, fault, note, ok
from folkmoot.operations.tables import pending

FIXED_SQLITE = (3, 51, 3)
OLDEST_POSTGRESQL = (15, 0)
LOW_BYTES, SCARCE_BYTES = 1 << 30, 5 << 30
SLOW_FSYNC_SECONDS = 0.05
LARGE_WAL_BYTES = 64 << 20
CLOCK_SKEW_SECONDS = 2


def check_clock() -> Findings:
    here = timezone.now()
    yield ok(f"It is {timezone.localtime(here):%Y-%m-%d %H:%M} in {settings.TIME_ZONE}.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            (there,) = cursor.fetchone()
        skew = abs((there - timezone.now()).total_seconds())
        if skew > CLOCK_SKEW_SECONDS:
            yield fault(
                f"The clocks of this machine and of the database differ by {skew:.0f} s. Set both by NTP."
            )
    newest = Act.objects.aggregate(newest=Max("at"))["newest"]
    if newest and newest > here + timedelta(minutes=1) and not settings.DEMO:
        yield fault(
            f"The clock is behind the newest act, which is of {newest:%Y-%m-%d %H:%M} UTC. Set the clock."
        )


def check_disk() -> Findings:
    free = disk_usage(settings.DATA_DIR).free
    said = f"{free / (1 << 30):.1f} GB are free in {settings.DATA_DIR}."
    if free < LOW_BYTES:
        yield fault(f"{said} Make room now: soon nothing can be saved.")
    else:
        yield note(f"{said} Make room soon.") if free < SCARCE_BYTES else ok(said)
    seconds = fsync_seconds(Path(settings.DATA_DIR))
    said = f"Saving to disk takes {seconds * 1000:.1f} ms."
    yield note(f"{said} A faster disk makes every act faster.") if seconds > SLOW_FSYNC_SECONDS else ok(said)


def fsync_seconds(folder: Path, times: int = 5) -> float:
    """The median of writing one page so that it survives a power cut."""
    taken = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(times):
            begun = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def check_database() -> Findings:
    yield from check_sqlite() if connection.vendor == "sqlite" else check_postgresql()
    waiting = pending()
    if waiting:
        yield fault(f"The tables are of another version ({len(waiting)} steps wait). Run: folkmoot migrate")
    else:
        yield ok("The tables are those of this version.")


def check_sqlite() -> Findings:
    if sqlite3.sqlite_version_info < FIXED_SQLITE:
        yield note(
            f"SQLite {sqlite3.sqlite_version} can lose pages when a checkpoint meets a commit (mended in 3.51.3); "
            "therefore only our worker checkpoints, holding the write lock. Use a newer one when you can."
        )
    else:
        yield ok(f"SQLite {sqlite3.sqlite_version}.")
    with connection.cursor() as cursor:
        (verdict,) = cursor.execute("PRAGMA quick_check").fetchone()
    if verdict == "ok":
        yield ok("The database file is sound.")
    else:
        yield fault(f"The database file is damaged ({verdict}). Stop the server and restore the last backup.")
    wal = Path(f"{settings.DATABASES['default']['NAME']}-wal")
    if wal.exists() and wal.stat().st_size > LARGE_WAL_BYTES:
        yield note(
            f"{wal.name} has {wal.stat().st_size >> 20} MB: the worker does not run, or somebody reads long."
        )


def check_postgresql() -> Findings:
    version = connection.get_database_version()
    said = f"PostgreSQL {'.'.join(map(str, version))}."
    yield ok(said) if version >= OLDEST_POSTGRESQL else fault(f"{said} Folkmoot needs 15 or newer.")
    if settings.WEB_PROCESSES < 2:
        yield note("One server process works; with PostgreSQL two use both cores (FOLKMOOT_WEB_PROCESSES).")
