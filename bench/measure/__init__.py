"""What the benches share: an installation of their own, load, floors, figures. See quality.md's table of claims.

Importing this moves to the repository's own Python, so that `bench/pages` works from any shell.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = ROOT / ".venv" / "bin" / "python"

if PYTHON.exists() and Path(sys.prefix) != PYTHON.parent.parent:
    os.execv(PYTHON, [str(PYTHON), *sys.argv])
