"""The first start, as somebody new meets it: `./run` on a clean clone, and the wheel in an empty environment.

Both install packages from the registry, so they run in CI (`pytest -m fresh`), not in the ordinary suite.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
INSTALL_SECONDS, START_SECONDS, STOP_SECONDS = 400, 60, 20

pytestmark = pytest.mark.fresh


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def bare_environment(folder: Path, port: int, path: str) -> dict[str, str]:
    """Of this shell's environment only what reaches the registry and the home of its cache."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in {"HOME", "LANG"} or name.upper().startswith(("PIP_", "NPM_", "SSL_", "HTTP", "NO_PROXY"))
    }
    return kept | {"PATH": path, "PORT": str(port), "DATA_DIR": str(folder)}


def answer(port: int) -> int:
    """Status of the front page; 0 while nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
            return page.status
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return 0


@contextmanager
def started(command: Sequence[str | Path], log: Path, **options: object) -> Iterator[subprocess.Popen[bytes]]:
    """A server in a process group of its own; killed whole if the test leaves it running."""
    with log.open("wb") as said:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **options,
        )
    try:
        yield server
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def wait_for_page(server: subprocess.Popen[bytes], port: int, *, seconds: int, log: Path) -> int:
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        if status := answer(port):
            return status
        time.sleep(0.3)
    pytest.fail(f"no page; it said:\n{log.read_text(errors='replace')[-4000:]}")


def stop_as_ctrl_c(server: subprocess.Popen[bytes]) -> int:
    """What a terminal does at Ctrl-C: the signal goes to the whole group."""
    os.killpg(server.pid, signal.SIGINT)
    return server.wait(timeout=STOP_SECONDS)


def test_run_starts_and_stops_in_a_clean_clone(tmp_path: Path) -> None:
    clone, port, log = tmp_path / "clone", free_port(), tmp_path / "log"
    subprocess.run(["git", "clone", "--quiet", "--no-local", ROOT, clone], check=True)
    environment = bare_environment(tmp_path / "data", port, "/usr/local/bin:/usr/bin:/bin")
    for seconds in (INSTALL_SECONDS, START_SECONDS):  # the second start installs nothing
        with started([clone / "run"], log, cwd="/", env=environment) as server:
            assert wait_for_page(server, port, seconds=seconds, log=log) == 200
            assert stop_as_ctrl_c(server) == 0
        assert answer(port) == 0
    assert (tmp_path / "data" / "folkmoot.sqlite3").exists()
    assert not (clone / "data").exists()


def test_wheel_serves_the_demo_without_node(tmp_path: Path) -> None:
    wheels, port, log = tmp_path / "wheels", free_port(), tmp_path / "log"
    for source in (ROOT, ROOT / "kernel"):
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", wheels], cwd=source, check=True
        )
    bin_folder = tmp_path / "venv" / "bin"
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    pip = [bin_folder / "python", "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--require-hashes", "-r", ROOT / "requirements" / "run.txt"], check=True)
    subprocess.run([*pip, *sorted(wheels.glob("*.whl"))], check=True)
    (tmp_path / "nothing").mkdir()
    environment = bare_environment(tmp_path / "data", port, str(tmp_path / "nothing"))
    with started([bin_folder / "folkmoot", "serve", "--demo"], log, cwd=tmp_path, env=environment) as server:
        assert wait_for_page(server, port, seconds=START_SECONDS, log=log) == 200
        assert style_sheet_of(port) == 200
        assert stop_as_ctrl_c(server) == 0


def style_sheet_of(port: int) -> int:
    """Status of the first style sheet of the front page: the built files are in the wheel."""
    home = f"http://127.0.0.1:{port}"
    with urllib.request.urlopen(home, timeout=5) as page:
        text = page.read().decode()
    address = next(part for part in text.split('"') if part.endswith(".css"))
    with urllib.request.urlopen(home + address, timeout=5) as sheet:
        return sheet.status
