"""A poll of very many voters, their requests made beforehand, and wrk to send them."""

import json
import multiprocessing
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from folkmoot_kernel.es256 import verify_es256
from folkmoot_kernel.papers import Paper
from folkmoot_kernel.tokens import SALT_BYTES, TokenKey
from folkmoot_kernel.tokens.blindrsa import is_signature

from measure import ROOT
from tests.ballots.box.running import RunningBox
from tests.ballots.box.voters import TestPoll, make_poll, rsa_key

CONNECTIONS = 256
THREADS = 2
BOTH_CORES = 2
VOTERS = 1_000_000  # on the roll, so that batches come while people vote

forking = multiprocessing.get_context("fork")  # children have the registrar's key in memory


@dataclass(frozen=True)
class Sent:
    """What wrk tells. Units: seconds; percentiles in milliseconds."""

    seconds: float
    refused: int
    broken: int
    p50: float
    p99: float


def new_poll(box: RunningBox, name: str) -> TestPoll:
    return box.begin(make_poll(name, box.host, strata=("residents",), roll_size=VOTERS))


def http(box: RunningBox, body: bytes) -> bytes:
    return (
        f"POST /cast HTTP/1.1\r\nHost: {box.host}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def bodies(poll: TestPoll, count: int) -> list[bytes]:
    """A ballot of each of `count` voters, made by both cores."""
    share = [count // BOTH_CORES] * BOTH_CORES
    rsa_key("residents")
    with forking.Pool(BOTH_CORES) as pool:
        return [
            body
            for made in pool.starmap(some_bodies, [(poll.paper, each) for each in share])
            for body in made
        ]


def some_bodies(paper: Paper, count: int) -> list[bytes]:
    return [voter.request() for voter in TestPoll(paper.poll, [paper], [], 0).voters(count)]


def send(box: RunningBox, requests: Sequence[bytes], seconds: float) -> Sent:
    """Every request once, at CONNECTIONS connections, until they or the time are over."""
    prefix = Path(os.environ["DATA_DIR"]) / "requests"
    for number in range(THREADS):
        some = requests[number::THREADS]
        Path(f"{prefix}.{number}").write_bytes(b"".join(b"%08d%b" % (len(each), each) for each in some))
    told = subprocess.run(
        ["wrk", f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--timeout", "20s",
         "-s", str(ROOT / "bench" / "measure" / "cast.lua"), f"http://{box.host}", "--", str(prefix)],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return Sent(**json.loads(told.strip().splitlines()[-1]))


def bare_checks_per_second(processes: int, seconds: float = 2.0) -> float:
    """The two signatures of a ballot checked by the kernel and nothing else, by some processes at once."""
    poll = make_poll("floor", "box.example", strata=("residents",))
    ballot, _ = poll.voter().ballot()
    key, [token] = TokenKey.of(rsa_key("residents").public_key()), ballot.creds
    signed, message = token[:98], ballot.signed_bytes

    def both() -> None:
        assert is_signature(key.rsa, signed, token[98:], salt_bytes=SALT_BYTES)
        verify_es256(ballot.pk, message, ballot.sig)

    return in_processes(both, processes, seconds)


def in_processes(act: Callable[[], None], processes: int, seconds: float) -> float:
    """How often a second the act is done by all processes together."""
    found = forking.Queue()

    def repeat() -> None:
        begun, count = time.perf_counter(), 0
        while time.perf_counter() - begun < seconds:
            act()
            count += 1
        found.put(count / (time.perf_counter() - begun))

    workers = [forking.Process(target=repeat) for _ in range(processes)]
    for worker in workers:
        worker.start()
    rates = [found.get() for _ in workers]
    for worker in workers:
        worker.join()
    return sum(rates)
