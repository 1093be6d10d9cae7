"""The verifier of the page as the tests ask it, in Node."""

import json
import subprocess
from pathlib import Path
from typing import Any

from folkmoot.ui.build import ROOT, node
from tests.ballots.booth import RUN, Request

ANSWERS = Path(__file__).with_name("verifier_answers.mjs")


def in_node(*requests: Request) -> list[Any]:
    """All results of one run of Node."""
    run = subprocess.run(
        [node(), "--no-warnings", "--input-type=module", "--eval", RUN % json.dumps(ANSWERS.as_uri())],
        input=json.dumps(requests), capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, "")
    results: list[Any] = json.loads(run.stdout)
    return results
