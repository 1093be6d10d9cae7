"""Installs the named lists into .venv, if they changed, and puts this repository on its path.

`python requirements/install.py run build`. Uses the standard library only: nothing is installed yet.
Each list is remembered by its hash in .venv/installed.json, written last, so that an interrupted run repeats.
"""

import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

LISTS = Path(__file__).resolve().parent
ROOT = LISTS.parent
VENV = (ROOT / ".venv").resolve()
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
LAUNCHERS = {"folkmoot": "folkmoot.cli:main", "moot-verify": "folkmoot_kernel.cli:main"}


def main(names: list[str]) -> int:
    if Path(sys.prefix).resolve() != VENV:
        say("Making a home for the packages in .venv.")
        venv.create(VENV, clear=True, with_pip=True)
        os.execv(PYTHON, [str(PYTHON), __file__, *names])
    wanted = {name: fingerprint(name) for name in names}
    installed = remembered()
    if any(installed.get(name) != mark for name, mark in wanted.items()):
        if not install(names):
            say("The packages could not be installed. Is this machine on line? Then run the same again.")
            return 1
        link()
        STAMP.write_text(json.dumps(installed | wanted), encoding="utf-8")
    return 0


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def fingerprint(name: str) -> str:
    """Changes with the list, with this file, with the Python the packages are for and with the folder."""
    where = f"{sys.version} {ROOT}".encode()
    parts = [(LISTS / f"{name}.txt").read_bytes(), Path(__file__).read_bytes(), where]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def remembered() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return {}


def install(names: list[str]) -> bool:
    """Runs pip with the locked hashes and counts its packages. Whether all went well."""
    lists = [part for name in names for part in ("--requirement", str(LISTS / f"{name}.txt"))]
    # The lists are complete, so nothing is resolved and nothing else can come in.
    command = [
        str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps", "--disable-pip-version-check",
        "--progress-bar=off", "--root-user-action=ignore", *lists,
    ]  # fmt: skip
    total = sum((LISTS / f"{name}.txt").read_text(encoding="utf-8").count("==") for name in names)
    say(f"Installing {total} packages (a minute or two the first time).")
    said, seen = [], 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            said.append(line)
            if line.startswith(("Collecting", "Requirement already")) and sys.stdout.isatty():
                seen += 1
                sys.stdout.write(f"\r  {seen} of {total}")
                sys.stdout.flush()
    if sys.stdout.isatty():
        sys.stdout.write("\n")
    if pip.returncode:
        say("".join(said[-20:]))
    return pip.returncode == 0


def link() -> None:
    """The repository itself: two lines in a .pth file, and a launcher beside Python."""
    packages = Path(sysconfig.get_path("purelib"))
    (packages / "folkmoot.pth").write_text(f"{ROOT}\n{ROOT / 'kernel'}\n", encoding="utf-8")
    for name, target in LAUNCHERS.items():
        module, function = target.split(":")
        launcher = VENV / "bin" / name
        launcher.write_text(
            f"#!{PYTHON}\nimport sys\n\nfrom {module} import {function}\n\nsys.exit({function}())\n",
            encoding="utf-8",
        )
        launcher.chmod(0o755)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("\nStopped. What is done so far is kept; run the same again.")
        sys.exit(130)
