"""Every bench in turn, and the page of what they found."""

import argparse
import json
import os
import platform
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from measure import ROOT

PAGE = ROOT / "docs" / "reference" / "measurements.md"
RUNS = (
    ("pages",), ("pages", "--staff"), ("cases",), ("growth",), ("growth", "--import"), ("footprint",), ("weight",),
    ("ballots",), ("ballots", "--slow-disk"), ("ballots", "--kills"), ("ballots", "--issue"), ("tally",), ("verify",),
)  # fmt: skip
BUSY = 0.5  # work waiting for each core before a run, above which its figures are doubtful
HEAD = """# Measurements

Written by `bench/all`; what each claim means stands in `bench/<claim> --help`. A figure's floor is what the bare machine
does in the same run, and the ratio of both travels between machines better than either.

| | |
|---|---|
| day | {day} |
| machine | {cores} cores, {processor}, {memory} GB |
| system | {system} |
| versions | {versions} |
| run | {mode} |
"""


@dataclass
class Run:
    """One bench as it went. `waiting` is the work that waited for each core when it began."""

    command: str
    waiting: float
    figures: list[dict[str, Any]] = field(default_factory=list)
    exit_code: int = 0


def main(about: str) -> None:
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--quick", action="store_true", help="smaller data, same claims; writes no page")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL, beside what SQLite gave")
    options = parser.parse_args()
    switches = [f"--{name}" for name in ("quick", "postgres") if getattr(options, name)]
    runs = [run([*words, *switches]) for words in RUNS]
    if not options.quick:
        PAGE.write_text(page(runs, switches), encoding="utf-8")
        print(f"{PAGE.relative_to(ROOT)} written")
    sys.exit(max(each.exit_code for each in runs))


def run(words: list[str]) -> Run:
    """Runs one bench and shows its lines as they come."""
    done = Run(f"bench/{' '.join(words)}", os.getloadavg()[0] / (os.cpu_count() or 1))
    print(f"== {done.command}", flush=True)
    with subprocess.Popen(
        [ROOT / "bench" / words[0], *words[1:]], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            if line.startswith("{"):
                done.figures.append(json.loads(line))
    done.exit_code = process.returncode
    return done


def page(runs: list[Run], switches: list[str]) -> str:
    parts = [HEAD.format(**machine(), mode="on PostgreSQL" if "--postgres" in switches else "on SQLite")]
    for each in runs:
        parts.append(f"\n## {each.command}\n")
        if each.waiting > BUSY:
            parts.append(
                f"The machine was busy with other work ({each.waiting:.1f} waiting for each core).\n"
            )
        if each.exit_code:
            parts.append(f"The bench stopped with exit code {each.exit_code}.\n")
        parts.append(
            "| claim | figure | unit | floor | ratio | target | holds |\n|---|---:|---|---:|---:|---:|---|"
        )
        parts += [row(figure) for figure in each.figures]
    return "\n".join(parts) + "\n"


def row(figure: dict[str, Any]) -> str:
    holds = {True: "yes", False: "**no**", None: ""}[figure["holds"]]
    names = ("claim", "figure", "unit", "floor", "ratio", "target")
    cells = ["" if figure[name] is None else str(figure[name]) for name in names]
    return f"| {' | '.join([*cells, holds])} |"


def machine() -> dict[str, str]:
    """What a reader needs to compare."""
    memory_kb = int(Path("/proc/meminfo").read_text(encoding="ascii").split()[1])
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    processor = next(
        (line.partition(": ")[2] for line in info if line.startswith("model name")), platform.machine()
    )
    versions = [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    versions += [f"{name} {version(name)}" for name in ("Django", "granian", "psycopg")]
    return {
        "day": datetime.now().astimezone().date().isoformat(),
        "cores": str(os.cpu_count()),
        "processor": processor,
        "memory": f"{memory_kb / 1e6:.0f}",
        "system": platform.platform(terse=True),
        "versions": ", ".join(versions),
    }
