"""What granian loads in each worker: `folkmoot.ballots.box.worker:box`."""

import ctypes
import signal
import sys
from pathlib import Path

from folkmoot.ballots.box.app import Box
from folkmoot.ballots.box.config import Config

PR_SET_PDEATHSIG = 1

if sys.platform == "linux":
    # Without its keeper a worker would hold the port against the next one. What is promised is on the disk.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

BALLOTS = Path(__file__).resolve().parent.parent
PAGES = {"booth": BALLOTS / "booth" / "built", "verify": BALLOTS / "verifier" / "built"}

box = Box(Config.of(), PAGES)
