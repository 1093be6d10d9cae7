"""Rules of the house that stand in the source itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.lengths import LONGEST_FILE_LINES, LONGEST_FUNCTION_LINES, is_function, lengths
from tests.architecture.source import PACKAGE, belongs_to, modules, shown, tree

VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}


def test_files_and_functions_end_in_time() -> None:
    too_long = {
        name: lines
        for name, lines in lengths().items()
        if lines > (LONGEST_FUNCTION_LINES if is_function(name) else LONGEST_FILE_LINES)
    }
    assert too_long == {}


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of what is called or taken: `timezone.now`, `Case.objects`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            yield node.lineno, ast.unparse(node)


def test_views_ask_queries_not_managers() -> None:
    doors = [
        path for path in modules() if any(belongs_to(path, name) for name in ("views", "api", "open311"))
    ]
    found = [
        f"{shown(path)}:{line} {name}"
        for path in doors
        for line, name in calls(path)
        if name.endswith((".objects", "._default_manager", "._base_manager"))
    ]
    assert found == []


def test_permissions_are_asked_in_one_way() -> None:
    found = [
        f"{shown(path)}:{line} {name}"
        for path in modules()
        for line, name in calls(path)
        if name.split(".")[-1]
        in {"has_perm", "has_perms", "has_module_perms", "is_superuser", "user_passes_test"}
    ]
    assert found == []


# Who may look at the machine's own clock, each with the reason.
CLOCK_READERS = {
    "folkmoot/areas/tasks.py": "the age of a file is told by the machine that wrote it",
    "folkmoot/ballots/box/desk.py": "the box knows no Django; whoever tries it out gives it another clock",
    "folkmoot/ballots/box/app.py": "a server of its own, without the rest; it hands the time to what decides",
    "folkmoot/base/clock.py": "it is the clock",
    "folkmoot/operations/doctor": "compares the machine's clock with others, whatever the demo has set",
    "kernel/folkmoot_kernel/cli.py": "it hands the time to the verifier, which has no clock",
}


def test_time_comes_from_the_clock() -> None:
    banned = {
        "timezone.now", "timezone.localtime", "timezone.localdate", "datetime.now", "datetime.utcnow",
        "datetime.today", "datetime.datetime.now", "date.today", "datetime.date.today", "time.time",
    }  # fmt: skip
    found = [
        f"{shown(path)}:{line} {name}"
        for path in modules()
        for line, name in calls(path)
        if name in banned
        and not shown(path).startswith(tuple(CLOCK_READERS))
        and not takes_argument(path, line, name)
    ]
    assert found == []


def takes_argument(path: Path, line: int, name: str) -> bool:
    """`timezone.localtime(moment)` turns a given moment; without an argument it asks the clock."""
    return any(
        isinstance(node, ast.Call)
        and node.lineno == line
        and ast.unparse(node.func) == name
        and bool(node.args)
        for node in ast.walk(tree(path))
        if name in {"timezone.localtime", "timezone.localdate"}
    )


def test_names_say_something() -> None:
    assert [
        shown(path) for path in modules() if VAGUE & {path.stem, *path.relative_to(PACKAGE.parent).parts}
    ] == []


def test_python_modules_explain_themselves() -> None:
    """Every module but the trivial ones begins by saying what it is for."""
    silent = [
        shown(path)
        for path in modules()
        if tree(path).body
        and path.name not in {"apps.py", "urls.py"}
        and ast.get_docstring(tree(path)) is None
    ]
    assert silent == []
