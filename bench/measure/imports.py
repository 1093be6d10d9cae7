"""The import of a whole tree of areas: rows a second, and what the importing process takes of the memory."""

import csv
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from measure import ROOT
from measure.command import tell
from measure.figures import Figure
from measure.tree import write_files

RATE, MEMORY_MB = 20_000, 500
BARE_TABLE = "CREATE TABLE bare (code text, level text, parent text, name text, name_zh text)"
# In a process of its own, so that its greatest memory is that of the import alone. ru_maxrss is in kilobytes.
IMPORT = """
import json, resource, sys, time
from pathlib import Path
from folkmoot.cli import set_up
from folkmoot.cli.progress import progress_line
set_up(makes_keys=True)
from folkmoot.areas.services import import_areas
from folkmoot.base.actors import Actor
begun = time.perf_counter()
with progress_line("rows") as show:
    result = import_areas(
        actor=Actor(ref="bench", is_operator=True), path=Path(sys.argv[2]), levels=Path(sys.argv[1]),
        progress=lambda phase, done, total: show(done, total),
    )
seconds, peak = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"rows": result.rows, "faults": len(result.faults), "seconds": seconds, "peak_kb": peak}))
"""


def imported(folder: Path, townships: int) -> Iterator[Figure]:
    """Raises SystemExit when not every row came in."""
    levels, rows, count = write_files(folder, townships)
    tell(f"{count:,} areas, {rows.stat().st_size / 1e6:.0f} MB of CSV")
    floor = bare_rows_per_second(rows)
    told = subprocess.run(
        [sys.executable, "-c", IMPORT, str(levels), str(rows)], cwd=ROOT, check=True, stdout=subprocess.PIPE
    ).stdout
    found = json.loads(told)
    if found["rows"] != count or found["faults"]:
        raise SystemExit(f"{count:,} rows, but {found}")
    yield Figure("growth.import.rate", count / found["seconds"], "rows/s", RATE, "least", floor)
    yield Figure("growth.import.memory", found["peak_kb"] * 1024 / 1e6, "MB", MEMORY_MB)


def bare_rows_per_second(path: Path) -> float:
    """Reading the file with the csv module and inserting it as it is, without index, check or journal."""
    begun, count = time.perf_counter(), 0
    with transaction.atomic(), connection.cursor() as cursor, path.open(encoding="utf-8", newline="") as file:
        cursor.execute(BARE_TABLE)
        reader = csv.reader(file)
        while batch := list(islice(reader, 5_000)):
            insert(cursor, batch)
            count += len(batch)
    seconds = time.perf_counter() - begun
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bare")
    return count / seconds


def insert(cursor: Any, batch: list[list[str]]) -> None:
    if connection.vendor == "postgresql":
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for row in batch:
                copy.write_row(row)
    else:
        cursor.executemany("INSERT INTO bare VALUES (%s, %s, %s, %s, %s)", batch)
