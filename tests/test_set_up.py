"""The first commands: what they say on a machine where something is missing, and what `./test` consists of."""

import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import postgres, steps
from tests.steps import ROOT

SCRIPTS = ["run", "test", "requirements/set-up", "requirements/lock"]


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """A repository with nothing but its set-up, and a PATH with little more than a shell."""
    (tmp_path / "requirements").mkdir()
    for name in ("set-up", "install.py"):
        shutil.copy(ROOT / "requirements" / name, tmp_path / "requirements" / name)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "dirname").symlink_to(shutil.which("dirname"))
    return tmp_path


def set_up(machine: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", machine / "requirements" / "set-up", "run"],
        check=False, capture_output=True, text=True, env={"PATH": str(machine / "bin")},
    )  # fmt: skip


def pretend_python(machine: Path, script: str) -> None:
    python = machine / "bin" / "python3"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)


def test_set_up_without_python_says_what_to_install(bare_machine: Path) -> None:
    said = set_up(bare_machine)
    assert said.returncode == 1
    assert said.stderr.splitlines()[0] == "Folkmoot needs Python 3.11 or newer, and there is none here."


def test_set_up_with_an_old_python_says_what_to_install(bare_machine: Path) -> None:
    pretend_python(bare_machine, "exit 1")
    assert "sudo apt-get install python3 python3-venv" in set_up(bare_machine).stderr


def test_set_up_without_venv_names_the_package(bare_machine: Path) -> None:
    pretend_python(bare_machine, 'case "$2" in *ensurepip*) exit 1;; esac')
    said = set_up(bare_machine)
    assert said.returncode == 1
    assert said.stderr.splitlines()[-1] == "On Debian and Ubuntu: sudo apt-get install python3-venv"


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_plain_sh(name: str) -> None:
    assert (ROOT / name).read_text().startswith("#!/bin/sh\n")
    subprocess.run(["/bin/sh", "-n", ROOT / name], check=True)


def test_linters_come_before_tests_and_browser_comes_last() -> None:
    titles = [step.title for step in steps.steps("all", [])]
    assert titles[0] == "Ruff: faults"
    suites = [title for title in titles if not title.startswith("Bench")][-3:]
    assert suites == ["Suite on SQLite", "Suite on PostgreSQL", "Journeys in a browser"]
    assert titles[-1] == "Journeys in a browser"


def test_quick_is_linters_and_one_suite() -> None:
    quick = steps.steps("quick", ["tests/cases", "-k", "climb"])
    assert quick[-1].command[-3:] == ["tests/cases", "-k", "climb"]
    assert [step.title for step in quick if "pytest" in step.command] == ["Suite on SQLite"]


def test_missing_postgres_and_browser_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(postgres, "DEBIAN", Path("/nowhere"))
    assert steps.missing() == [postgres.HOW_TO_INSTALL, steps.NO_CHROMIUM]


def test_missing_postgres_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never a skip: the run does not even begin."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(postgres, "DEBIAN", Path("/nowhere"))
    monkeypatch.delenv(postgres.URL_OF_THE_RUN, raising=False)
    asked = SimpleNamespace(
        stash=pytest.Stash(),
        add_cleanup=lambda _: None,
        known_args_namespace=SimpleNamespace(postgres=True),
    )
    with pytest.raises(pytest.UsageError, match="sudo apt-get install postgresql"):
        next(postgres.pytest_load_initial_conftests(asked))
