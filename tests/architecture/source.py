"""The house's own files, read once for all tests of this folder."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "folkmoot"


def files(*endings: str, under: Path = ROOT) -> list[Path]:
    """Files of the repository: those that Git keeps or would keep."""
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", str(under)],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    paths = [ROOT / name for name in told.split("\0") if name]
    return sorted(path for path in paths if path.is_file() and path.name.endswith(endings))


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def modules() -> tuple[Path, ...]:
    """Python files of the product, without migrations."""
    kernel = ROOT / "kernel" / "folkmoot_kernel"
    found = [*files(".py", under=PACKAGE), *files(".py", under=kernel)]
    return tuple(path for path in found if "migrations" not in path.parts)


def apps() -> list[str]:
    return sorted(path.parent.name for path in PACKAGE.glob("*/apps.py"))


def belongs_to(path: Path, name: str) -> bool:
    """Whether `path` is an app's module `name` or lies in its package: `views.py`, `views/acts.py`."""
    parts = path.relative_to(PACKAGE).parts if path.is_relative_to(PACKAGE) else ()
    return len(parts) > 1 and (parts[1] == f"{name}.py" or parts[1] == name)
