"""How a bench runs: its arguments, a data folder of its own, its figures as JSON lines, and nothing left behind."""

import argparse
import contextlib
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from measure import PYTHON, ROOT


def main(claim: str, about: str, *, wakes: bool = True, **flags: str) -> None:
    """Runs one bench. Shapes: `flags` are further switches with what they mean: `staff="..."` is `--staff`.

    `wakes` false: what is measured knows no Django.
    """
    options = arguments(about, flags)
    with installation(options):
        if wakes:
            wake_django()
        has_failed = report(claim, options)
    sys.exit(1 if has_failed and options.strict else 0)


def main_of_kernel(claim: str, about: str, **flags: str) -> None:
    """Runs one bench of the kernel alone, which needs no data folder, no database and no Django."""
    options = arguments(about, flags)
    sys.path[:0] = [str(ROOT / "kernel")]
    sys.exit(1 if report(claim, options) and options.strict else 0)


def report(claim: str, options: argparse.Namespace) -> bool:
    """Prints every figure of a claim. Returns whether one misses its target."""
    has_failed = False
    for figure in importlib.import_module(f"measure.claims.{claim}").run(options):
        print(figure.line(), flush=True)
        has_failed |= figure.holds is False
    return has_failed


def arguments(about: str, flags: dict[str, str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="smaller data, same claim, under 50 seconds")
    parser.add_argument("--postgres", action="store_true", help="on a private PostgreSQL instead of SQLite")
    parser.add_argument("--strict", action="store_true", help="exit 1 if a figure misses its target")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="use this data folder, and keep it")
    for name, meaning in flags.items():
        parser.add_argument(f"--{name.replace('_', '-')}", action="store_true", help=meaning)
    return parser.parse_args()


@contextlib.contextmanager
def installation(options: argparse.Namespace) -> Iterator[None]:
    """A data folder, and on request a PostgreSQL, for this run alone; said through the environment.

    Neither demo nor test is switched on: limits and clock are those of a real installation.
    """
    for name in [name for name in os.environ if name.startswith("FOLKMOOT_") or name == "DATABASE_URL"]:
        del os.environ[name]
    with contextlib.ExitStack() as stack:
        folder = options.keep
        if folder is None:
            folder = Path(tempfile.mkdtemp(prefix="folkmoot-bench-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        os.environ["DATA_DIR"] = str(folder.resolve())
        if options.postgres:
            postgres = importlib.import_module("tests.postgres")
            postgres.THROW_AWAY = ()  # what is promised here is on the disk, as in production
            cluster = postgres.Cluster()
            stack.callback(cluster.stop)
            cluster.execute("CREATE DATABASE folkmoot")
            os.environ["DATABASE_URL"] = cluster.url("folkmoot")
        yield


def wake_django() -> None:
    """Keys, tables and static files, as `folkmoot serve` makes them."""
    subprocess.run([PYTHON, "-m", "folkmoot.ui.build"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    cli = importlib.import_module("folkmoot.cli")
    cli.set_up(makes_keys=True)
    importlib.import_module("folkmoot.operations.tables").migrate()
    importlib.import_module("folkmoot.operations.static").collect_if_changed()


def tell(sentence: str) -> None:
    """Says what takes time, beside the figures."""
    print(f"  {sentence}", file=sys.stderr, flush=True)
