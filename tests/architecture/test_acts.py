"""Every act asks whether it is allowed and leaves a record: read from the services' source."""

import ast
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, apps, belongs_to, modules, tree

WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
RECORDS = {"record", "record_all"}
# Services that are no act of their own, each with its reason.
NO_ACT = {
    "ballots.answer_sample": "what somebody has said is nobody else's to know; the two observers sign the numbers",
    "ballots.draw_slip": "who has taken a paper is recorded nowhere; the number is, once, when issuing ends",
    "ballots.fill_key_pool": "makes keys ahead of need, of which nobody knows yet what for",
    "ballots.forget_samples": "as answer_sample",
    "ballots.give_hand_paper": "as draw_slip",
    "ballots.issue_claim": "as draw_slip",
    "ballots.take_papers": "as draw_slip",
    "cases.claim_case": "reads only: a bearer code opens a case",
    "channels.notify": "the messages of the act that calls it, in its transaction",
    "journal.cosign_checkpoint": "machines ask every few seconds; what was cosigned is public, and in the row",
    "journal.forget": "a part of erasing a person, which requires and records",
    "journal.record": "it is the record",
    "journal.record_all": "it is the record",
    "media.attach": "a part of the act that brought the file",
    "media.erase": "a part of the act that removes what the file belonged to",
    "media.sweep": "removes what no act ever kept",
}


@dataclass
class Function:
    name: str
    has_actor: bool
    is_exported: bool
    calls: set[str] = field(default_factory=set)

    @property
    def writes(self) -> bool:
        return bool(self.calls & WRITES) or "atomic" in self.calls


def exported(path: Path) -> set[str] | None:
    """The names in __all__ of the app's package of services; None where services are one module."""
    if path.parent.name != "services":
        return None
    for node in tree(path.parent / "__init__.py").body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def service_functions(app: str) -> dict[str, Function]:
    found: dict[str, Function] = {}
    paths = [
        path for path in modules() if path.is_relative_to(PACKAGE / app) and belongs_to(path, "services")
    ]
    for path in paths:
        public = exported(path)
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef):
                arguments = {argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]}
                is_exported = not node.name.startswith("_") if public is None else node.name in public
                called = {name_of(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
                named = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
                # Without an argument it may still act: as the clock.
                has_actor = "actor" in arguments or "CLOCK" in named
                found[node.name] = Function(node.name, has_actor, is_exported, called | named)
    return found


def name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def reached(name: str, functions: dict[str, Function]) -> set[str]:
    """Everything that `name` calls, directly or through functions of the same services."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        for called in functions[waiting.pop()].calls - seen:
            seen.add(called)
            if called in functions:
                waiting.append(called)
    return seen


def acts(functions: dict[str, Function]) -> list[Function]:
    """What the doors call: exported, with an actor, and no part of another act."""
    inner = {called for function in functions.values() for called in function.calls - {function.name}}
    is_package = any(not function.is_exported for function in functions.values())
    return [
        function
        for function in functions.values()
        if function.has_actor and function.is_exported and (is_package or function.name not in inner)
    ]


@pytest.mark.parametrize("app", apps())
def test_acts_require_their_permission(app: str) -> None:
    functions = service_functions(app)
    silent = [act.name for act in acts(functions) if "require" not in reached(act.name, functions)]
    assert [name for name in silent if f"{app}.{name}" not in NO_ACT] == []


@pytest.mark.parametrize("app", apps())
def test_acts_record_themselves(app: str) -> None:
    functions = service_functions(app)
    silent = [act.name for act in acts(functions) if not RECORDS & reached(act.name, functions)]
    assert [name for name in silent if f"{app}.{name}" not in NO_ACT] == []


@pytest.mark.parametrize("app", apps())
def test_nothing_writes_beside_the_acts(app: str) -> None:
    """What writes without an actor serves an act of its own services, or stands in NO_ACT with a reason."""
    functions = service_functions(app)
    served = {called for act in acts(functions) for called in reached(act.name, functions)}
    beside = [
        name for name, function in functions.items()
        if function.writes and not function.has_actor and name not in served
    ]  # fmt: skip
    assert [name for name in beside if f"{app}.{name}" not in NO_ACT] == []


def test_exceptions_still_exist() -> None:
    known = {f"{app}.{name}" for app in apps() for name in service_functions(app)}
    assert set(NO_ACT) - known == set()
