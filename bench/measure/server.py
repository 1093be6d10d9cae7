"""`folkmoot serve` of this run's data folder, on a free port, and what its processes weigh."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from measure import ROOT
from measure.load import get, once

START_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Running:
    """A server that answers."""

    port: int
    process: "subprocess.Popen[bytes]"
    first_page_seconds: float


@contextlib.contextmanager
def serving(*command: str, environment: dict[str, str] | None = None) -> Iterator[Running]:
    """Runs a server command, with `{port}` in its words replaced, until the block ends."""
    port = free_port()
    words = [word.replace("{port}", str(port)) for word in command]
    log = Path(os.environ["DATA_DIR"]) / f"server-{port}.log"
    begun = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(
            words,
            cwd=ROOT,
            stdout=out,
            stderr=out,
            env=os.environ | (environment or {}),
            start_new_session=True,
        )
    try:
        wait_for_page(port, process, log)
        yield Running(port, process, time.perf_counter() - begun)
    finally:
        stop(process)


def folkmoot(**environment: str) -> "contextlib.AbstractContextManager[Running]":
    return serving(sys.executable, "-m", "folkmoot", "serve", "--port", "{port}", environment=environment)


def wait_for_page(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.perf_counter() + START_SECONDS
    while time.perf_counter() < deadline:
        with contextlib.suppress(OSError, EOFError):
            if once(port, get("/", port)).status == 200:
                return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise SystemExit(f"The server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def memory_mb(process: int) -> dict[str, float]:
    """Proportional set size of a process and all below it, by name. Units: megabytes (10^6 bytes)."""
    found: dict[str, float] = {}
    for pid in [process, *below(process)]:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
            pss_kb = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
            name = Path(f"/proc/{pid}/comm").read_text(encoding="ascii").strip()
            found[f"{name} {pid}"] = pss_kb * 1024 / 1e6
    return found


def below(process: int) -> list[int]:
    """All processes that `process` has started, and those that they have."""
    found = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, path.read_text(encoding="ascii").split()):
            found += [child, *below(child)]
    return found
