"""The check of a whole poll."""

import json
import os
import subprocess
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from folkmoot_kernel.es256 import point_of, public_key
from folkmoot_kernel.tiles import ENTRIES, Tile

from measure import PYTHON, ROOT
from measure.command import tell
from measure.figures import Figure
from measure.published import PSS, publish

BALLOTS, QUICK_BALLOTS, FEW = 1_000_000, 40_000, 10
TARGET_RATE, TARGET_GROWTH = 8_000, 1.5
FLOOR_SECONDS = 3.0


def run(options: Namespace) -> Iterator[Figure]:
    ballots, cores = (QUICK_BALLOTS if options.quick else BALLOTS), os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="folkmoot-bench-") as folder:
        few, all_ = Path(folder) / "few", Path(folder) / "all"
        tell(f"makes {ballots:,} ballots")
        publish(few, ballots // FEW)
        publish(all_, ballots)
        floor = bare_rates(cores)
        small = checked(few, ballots // FEW)
        large = checked(all_, ballots)
        require_refusal(few)
        rate, core = ballots / large["seconds"] / cores, ballots / large["busy"]
        yield Figure("verify.rate", rate, "ballots/s per core", TARGET_RATE, "least", floor[0])
        yield Figure("verify.core", core, "ballots/s of the processor", TARGET_RATE, "least", floor[1])
        small_peak, large_peak = (max(run["peaks_kb"]) / 1024 for run in (small, large))
        yield Figure("verify.memory", large_peak, "MB", TARGET_GROWTH, floor=small_peak, of="ratio")


def checked(folder: Path, ballots: int) -> dict[str, Any]:
    """Raises SystemExit when an honest poll is refused."""
    result = check(folder)
    if result["faults"] or result["accepted"] != ballots:
        raise SystemExit(f"an honest poll was refused: {result}")
    return result


def require_refusal(folder: Path) -> None:
    """Changes one letter of one signature. Raises SystemExit unless that is found."""
    path = folder / Tile(ENTRIES, 1).path
    data = path.read_bytes()
    place = data.index(b'"sig":"') + len(b'"sig":"')
    path.write_bytes(data[:place] + (b"B" if data[place : place + 1] != b"B" else b"C") + data[place + 1 :])
    if "ballot.signature" not in check(folder)["faults"]:
        raise SystemExit("a false signature was not found")


def check(folder: Path) -> dict[str, Any]:
    ran = subprocess.run(
        [PYTHON, "-m", "measure.checked", folder], check=True, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'bench'}{os.pathsep}{ROOT / 'kernel'}"},
    )  # fmt: skip
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def bare_rates(cores: int) -> tuple[float, float]:
    """How many pairs of signatures a core verifies, all cores at once: each second, and each second of its own work."""
    with ProcessPoolExecutor(cores) as pool:
        rates = list(pool.map(pairs_per_second, [FLOOR_SECONDS] * cores))
    return sum(rate for rate, _ in rates) / cores, sum(rate for _, rate in rates) / cores


def pairs_per_second(seconds: float) -> tuple[float, float]:
    registrar, voter = rsa.generate_private_key(65_537, 2048), ec.generate_private_key(ec.SECP256R1())
    message = os.urandom(600)
    token, sig = registrar.sign(message, PSS, SHA384()), voter.sign(message, ec.ECDSA(SHA256()))
    known, point = registrar.public_key(), point_of(voter.public_key())
    begun, worked, count = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - begun < seconds:
        for _ in range(100):
            known.verify(token, message, PSS, SHA384())
            public_key(point).verify(sig, message, ec.ECDSA(SHA256()))
        count += 100
    return count / (time.perf_counter() - begun), count / (time.process_time() - worked)
