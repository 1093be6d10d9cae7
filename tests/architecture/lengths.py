"""How long files and functions are. `python -m tests.architecture.lengths` tells what misses its aim."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import files, shown, tree

AIM_FILE_LINES, AIM_FUNCTION_LINES = 300, 30
LONGEST_FILE_LINES, LONGEST_FUNCTION_LINES = 500, 60


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name with line, and number of lines."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (
                f"{shown(path)}:{node.lineno} {node.name}",
                (node.end_lineno or node.lineno) - node.lineno + 1,
            )


def lengths() -> dict[str, int]:
    """Lines by file and by function, product and tests."""
    found = {}
    for path in files(".py"):
        if "migrations" not in path.parts:
            found[shown(path)] = len(path.read_text(encoding="utf-8").splitlines())
            found |= dict(functions(path))
    return found


def is_function(name: str) -> bool:
    return ":" in name


def main() -> None:
    for name, lines in sorted(lengths().items(), key=lambda item: (is_function(item[0]), -item[1])):
        if lines > (AIM_FUNCTION_LINES if is_function(name) else AIM_FILE_LINES):
            sys.stdout.write(f"{lines:4} {name}\n")


if __name__ == "__main__":
    main()
