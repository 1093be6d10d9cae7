"""Published notes and cosigned checkpoints."""

import json
from pathlib import Path

from folkmoot_kernel.notes import VerifierKey

VECTORS = json.loads((Path(__file__).parent / "vectors/notes.json").read_text("utf-8"))
PETER = VECTORS["peter"]
TEXT, PETER_LINE, ENOCH_LINE = PETER["text"], PETER["line"], PETER["enoch_line"]
PETER_KEY, ENOCH_KEY = VerifierKey.parse(PETER["vkey"]), VerifierKey.parse(PETER["enoch_vkey"])
COSIGNED = VECTORS["cosigned"]
WITNESS_KEYS = [VerifierKey.parse(vkey) for vkey in COSIGNED["witness_vkeys"]]
