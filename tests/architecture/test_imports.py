"""Apps meet through queries, services, models and pure nouns; the floors themselves are import-linter's."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import PACKAGE, apps, modules, shown, tree

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


def test_apps_meet_through_their_doors_only() -> None:
    found = []
    for path in modules():
        if not path.is_relative_to(PACKAGE) or path.relative_to(PACKAGE).parts[0] not in apps():
            continue
        for name in taken(path):
            parts = name.split(".")
            is_foreign = parts[0] == "folkmoot" and parts[1:2] != [path.relative_to(PACKAGE).parts[0]]
            if is_foreign and parts[1] not in TOOLS and INNER & set(parts[2:3]) and name not in LENT:
                found.append(f"{shown(path)}: {name}")
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
        if path.is_relative_to(PACKAGE) and path.relative_to(PACKAGE).parts[0] in apps()
        for name in taken(path)
        if name.startswith(root) and path.name != "apps.py"
    ]
    assert found == []


def test_what_is_lent_is_taken() -> None:
    assert set(LENT) - {name for path in modules() for name in taken(path)} == set()
