"""What `./test` does, step by step; the first step that fails ends it. The last line is pytest's own.

The linters are read from .pre-commit-config.yaml, so that a commit, `./test` and CI ask the same questions.
"""

import os
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
NO_CHROMIUM = (
    "The browser journeys need Chromium, and there is none here. Install it, for example with "
    "`sudo apt-get install chromium fonts-noto-cjk`, or run `./test quick`."
)


@dataclass(frozen=True)
class Step:
    title: str
    command: list[str]
    gates: bool = True  # a bench measures and says whether the figure holds; it stops nothing


def linters() -> list[Step]:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]
    return [Step(hook["name"], shlex.split(hook["entry"])) for hook in hooks]


def pytest(title: str, *arguments: str) -> Step:
    return Step(title, [str(BIN / "python"), "-m", "pytest", "-q", *arguments])


def steps(mode: str, arguments: list[str]) -> list[Step]:
    """All steps in order. Shapes: `arguments` are pytest's and reach every run of it."""
    in_pairs = ("-n", "2", *arguments)
    on_sqlite = pytest("Suite on SQLite", "-m", "not browser and not fresh", *in_pairs)
    if mode == "quick":
        return [*linters(), on_sqlite]
    return [
        *linters(),
        on_sqlite,
        pytest("Suite on PostgreSQL", "--postgres", "-m", "not browser and not fresh", *in_pairs),
        *(Step(f"Bench {path.name}", [str(path), "--quick"], gates=False) for path in benches()),
        pytest("Journeys in a browser", "-m", "browser", *arguments),
    ]


def benches() -> list[Path]:
    """The measured claims: every executable of bench/ but `all`, which runs the others."""
    found = sorted((ROOT / "bench").iterdir()) if (ROOT / "bench").is_dir() else []
    return [path for path in found if path.is_file() and os.access(path, os.X_OK) and path.name != "all"]


def missing() -> list[str]:
    """What this machine lacks for a full run, each with how to get it."""
    lacks = []
    try:
        postgres.binaries()
    except LookupError as error:
        lacks.append(str(error))
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        lacks.append(NO_CHROMIUM)
    return lacks


def run(step: Step) -> int:
    """Runs one step; 5 is pytest's word for `nothing chosen`, which is no fault when tests were named."""
    say(f"\n== {step.title}")
    begun = time.monotonic()
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    code = subprocess.run(step.command, cwd=ROOT, env=environment, check=False).returncode
    if "pytest" not in step.command:
        say(f"   {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - begun:.0f} s")
    return code


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    mode = arguments.pop(0) if arguments and arguments[0] in {"quick", "all"} else "all"
    if mode == "all" and (lacks := missing()):
        say("\n".join(lacks))
        return 1
    for step in steps(mode, arguments):
        code = run(step)
        if code and step.gates and not (code == 5 and arguments):
            return code
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
