"""A box as it runs in the field: processes of its own, a port, a data folder."""

import contextlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from folkmoot_kernel.notes import VerifierKey

from folkmoot.ballots.box.config import SEED_BYTES, Config
from tests.ballots.box.voters import TestPoll

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class RunningBox:
    """Starts, kills and asks one box."""

    folder: Path
    port: int
    database_url: str = ""
    process: "subprocess.Popen[bytes] | None" = None
    verifiers: dict[str, VerifierKey] = field(default_factory=dict)
    paths: tuple[Path, ...] = (ROOT, ROOT / "kernel")  # where its Python looks for modules

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATA_DIR": str(self.folder),
            "BOX_PORT": str(self.port),
            "BOX_ORIGIN": f"http://{self.host}",
            "BALLOT_DATABASE_URL": self.database_url,
            "PYTHONPATH": os.pathsep.join(map(str, self.paths)),
        }

    @property
    def config(self) -> Config:
        return Config.of(self.environment)

    def start(self) -> None:
        make_keys(self.folder)
        with (self.folder / "box.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "folkmoot.ballots.box"],
                env=self.environment, stdout=log, stderr=log, start_new_session=True, cwd=ROOT,
            )  # fmt: skip
        for _ in range(600):
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.ask("GET", "/nobody/checkpoint").status == 404:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(self.log)

    @property
    def log(self) -> str:
        return (self.folder / "box.log").read_text()

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """SIGKILL goes to all its processes at once, as a power cut would."""
        if self.process is None:
            return
        if how == signal.SIGKILL:
            os.killpg(self.process.pid, how)
        else:
            self.process.send_signal(how)
        self.process.wait(timeout=20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process = None

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def cast(self, body: bytes, **headers: str) -> Answer:
        return self.ask("POST", "/cast", body, content_type="application/json", **headers)

    def control(self, method: str, path: str, given: object = None) -> Answer:
        secret = (self.folder / "keys" / "control.key").read_text()
        body = None if given is None else json.dumps(given).encode()
        return self.ask(method, f"/control/polls{path}", body, authorization=f"Bearer {secret}")

    def act(self, method: str, path: str, given: object = None) -> Any:
        """An act that has to succeed."""
        answer = self.control(method, path, given)
        assert answer.status == 200, answer.body
        return answer.json

    def begin(self, poll: TestPoll, *, opened: bool = True) -> TestPoll:
        """A new poll, and unless told otherwise its casting open."""
        made = self.act("POST", "", poll.creation())
        self.verifiers[poll.name] = VerifierKey.parse(made["verifier_key"])
        if opened:
            self.act("POST", f"/{poll.name}/casting", {"paper": "*"})
        return poll


def make_keys(folder: Path) -> None:
    keys = folder / "keys"
    keys.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("box.key", secrets.token_hex(SEED_BYTES)),
        ("control.key", secrets.token_urlsafe(32)),
    ):
        if not (keys / name).exists():
            (keys / name).write_text(text)


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running_box(folder: Path, database_url: str = "", *paths: Path) -> Iterator[RunningBox]:
    """Shapes: `paths` come before the product's own where its Python looks for modules."""
    box = RunningBox(folder, free_port(), database_url)
    box.paths = (*paths, *box.paths)
    try:
        box.start()
        yield box
    finally:
        box.end()
