"""Two places of different size side by side, each in a process and with a database of its own, asked in turn.

What disturbs the machine then disturbs both. A place answers each word on its input with a line of JSON.
"""

import contextlib
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measure import ROOT
from measure.command import wake_django


@dataclass
class Twin:
    """One of the two places."""

    process: "subprocess.Popen[str]"

    def ask(self, word: str) -> Any:
        """Its answer. Raises SystemExit when it has ended, whose traceback stands above."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("one of the two places has ended")
        return json.loads(line)


@contextlib.contextmanager
def twin(name: str, *, townships: int, cases: int) -> Iterator[Twin]:
    """Plants a place, and ends its process with the block."""
    folder = Path(os.environ["DATA_DIR"]) / name
    process = subprocess.Popen(
        [sys.executable, "-m", "measure.twins", str(townships), str(cases)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {
            "DATA_DIR": str(folder), "DATABASE_URL": own_database(name), "PYTHONPATH": str(ROOT / "bench"),
        },
    )  # fmt: skip
    try:
        yield Twin(process)
    finally:
        process.kill()
        process.wait()


def own_database(name: str) -> str:
    """An empty database of this name beside that of the run; nothing on SQLite, where each folder has one."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return ""
    psycopg = importlib.import_module("psycopg")
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(f"CREATE DATABASE {name}")
    return f"{url.rpartition('/')[0]}/{name}"


def live(townships: int, cases: int) -> None:
    """The life of such a process: it answers until its input ends."""
    wake_django()
    answer = importlib.import_module("measure.grown").answers(townships, cases)
    for word in sys.stdin:
        print(json.dumps(answer(word.strip())), flush=True)


if __name__ == "__main__":
    live(*map(int, sys.argv[1:]))
