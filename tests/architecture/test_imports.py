"""Apps meet through queries, services, models and pure nouns; the floors themselves are import-linter's."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import PACKAGE, apps, belongs_to, modules, shown, tree

INNER = {"admin", "api", "apps", "forms", "inbound", "notices", "sync", "tasks", "urls", "views"}
TOOLS = {"base", "ui"}  # made to be used by every app, whatever the file
# What another app may take all the same, each with its reason.
LENT = {
    "folkmoot.media.views.send": "the app that knows who may see a file answers with it",
}


def taken(path: Path) -> Iterator[str]:
    """Dotted names that a module imports from the house."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def app_of(path: Path) -> str:
    """The app a module belongs to; empty for the root and the kernel."""
    first = path.relative_to(PACKAGE).parts[0] if path.is_relative_to(PACKAGE) else ""
    return first if first in apps() else ""


def is_trespass(path: Path, name: str) -> bool:
    parts = name.split(".")
    if (
        parts[0] != "folkmoot"
        or len(parts) < 3
        or parts[1] in TOOLS
        or parts[1] == app_of(path)
        or name in LENT
    ):
        return False
    # The doors of one API share the shapes of their questions and answers.
    return parts[2] in INNER and not (parts[2] == "api" and belongs_to(path, "api"))


def test_apps_meet_through_their_doors_only() -> None:
    found = [
        f"{shown(path)}: {name}"
        for path in modules()
        if app_of(path)
        for name in taken(path)
        if is_trespass(path, name)
    ]
    assert found == []


def test_nobody_imports_the_root() -> None:
    root = (
        "folkmoot.settings",
        "folkmoot.urls",
        "folkmoot.wsgi",
        "folkmoot.nav",
        "folkmoot.cli",
        "folkmoot.operations",
    )
    found = [
        f"{shown(path)}: {name}"
        for path in modules()
        if app_of(path)
        for name in taken(path)
        if name.startswith(root) and path.name != "apps.py"
    ]
    assert found == []


def test_what_is_lent_is_taken() -> None:
    assert set(LENT) - {name for path in modules() for name in taken(path)} == set()
