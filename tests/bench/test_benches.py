"""The benches are there and can be called. What they measure is no test: it depends on the machine."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

BENCHES = ("all", "ballots", "cases", "footprint", "growth", "pages", "tally", "verify", "weight")


def benches() -> list[Path]:
    return sorted(path for path in (ROOT / "bench").iterdir() if path.is_file())


def test_benches_are_those_of_the_claims() -> None:
    assert tuple(path.name for path in benches()) == BENCHES


@pytest.mark.parametrize("path", benches(), ids=lambda path: path.name)
def test_bench_is_executable_and_explains_itself(path: Path) -> None:
    assert os.access(path, os.X_OK)
    told = subprocess.run([path, "--help"], check=True, capture_output=True, text=True, timeout=30).stdout
    assert "--quick" in told
