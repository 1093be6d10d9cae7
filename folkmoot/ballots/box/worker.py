"""What granian loads in each worker: `folkmoot.ballots.box.worker:box`."""

from pathlib import Path

from folkmoot.ballots.box.app import Box
from folkmoot.ballots.box.config import Config
from folkmoot.ballots.box.processes import die_with_parent

BALLOTS = Path(__file__).resolve().parent.parent
PAGES = {"booth": BALLOTS / "booth" / "built", "verify": BALLOTS / "verifier" / "built"}

die_with_parent()
box = Box(Config.of(), PAGES)
