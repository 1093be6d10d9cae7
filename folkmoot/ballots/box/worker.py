"""What granian loads in each worker: `folkmoot.ballots.box.worker:box`."""

from pathlib import Path

from folkmoot.ballots.box.app import Box
from folkmoot.ballots.box.config import Config

box = Box(Config.of(), Path(__file__).resolve().parent.parent / "booth" / "built")
