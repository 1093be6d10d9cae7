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
from django.utils.translation import gettext as _

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
    local = timezone.localtime(here)
    yield ok(_("It is %(time)s in %(zone)s."), time=f"{local:%Y-%m-%d %H:%M}", zone=settings.TIME_ZONE)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            (there,) = cursor.fetchone()
        skew = abs((there - timezone.now()).total_seconds())
        if skew > CLOCK_SKEW_SECONDS:
            yield fault(
                _("The clocks of this machine and of the database differ by %(skew)d s. Set both by NTP."),
                skew=skew,
            )
    newest = Act.objects.aggregate(newest=Max("at"))["newest"]
    if newest and newest > here + timedelta(minutes=1) and not settings.DEMO:
        yield fault(
            _("The clock is behind the newest act, which is of %(time)s UTC. Set the clock."),
            time=f"{newest:%Y-%m-%d %H:%M}",
        )


def check_disk() -> Findings:
    free = disk_usage(settings.DATA_DIR).free
    facts = {"free": free / (1 << 30), "folder": settings.DATA_DIR}
    if free < LOW_BYTES:
        yield fault(
            _("Only %(free).1f GB are free in %(folder)s. Make room now: soon nothing can be saved."), **facts
        )
    elif free < SCARCE_BYTES:
        yield note(_("%(free).1f GB are free in %(folder)s. Make room soon."), **facts)
    else:
        yield ok(_("%(free).1f GB are free in %(folder)s."), **facts)
    taken = fsync_seconds(Path(settings.DATA_DIR)) * 1000
    if taken > SLOW_FSYNC_SECONDS * 1000:
        yield note(_("Saving to disk takes %(time).1f ms. A faster disk makes every act faster."), time=taken)
    else:
        yield ok(_("Saving to disk takes %(time).1f ms."), time=taken)


def fsync_seconds(folder: Path, times: int = 5) -> float:
    """The median of writing one page so that it survives a power cut."""
    taken = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _round in range(times):
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
        yield fault(
            _("The tables are of another version (%(steps)d steps wait). Run: folkmoot migrate"),
            steps=len(waiting),
        )
    else:
        yield ok(_("The tables are those of this version."))


def check_sqlite() -> Findings:
    if sqlite3.sqlite_version_info < FIXED_SQLITE:
        yield note(
            _(
                "SQLite %(version)s can lose pages when a checkpoint meets a commit (mended in 3.51.3). Therefore "
                "only our worker checkpoints, and it holds the write lock. Use a newer one when you can."
            ),
            version=sqlite3.sqlite_version,
        )
    else:
        yield ok(_("SQLite %(version)s."), version=sqlite3.sqlite_version)
    with connection.cursor() as cursor:
        (verdict,) = cursor.execute("PRAGMA quick_check").fetchone()
    if verdict == "ok":
        yield ok(_("The database file is sound."))
    else:
        yield fault(
            _("The database file is damaged (%(why)s). Stop the server and restore the last backup."),
            why=verdict.replace("\n", " "),
        )
    wal = Path(f"{connection.settings_dict['NAME']}-wal")
    if wal.exists() and wal.stat().st_size > LARGE_WAL_BYTES:
        yield note(
            _("%(file)s has %(size)d MB: the worker does not run, or somebody has been reading for long."),
            file=wal.name,
            size=wal.stat().st_size >> 20,
        )


def check_postgresql() -> Findings:
    version = connection.get_database_version()
    shown = ".".join(map(str, version))
    if version < OLDEST_POSTGRESQL:
        yield fault(_("This is PostgreSQL %(version)s. Folkmoot needs 15 or newer."), version=shown)
    else:
        yield ok(_("PostgreSQL %(version)s."), version=shown)
