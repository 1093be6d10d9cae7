"""Every permission name that is asked for exists, and every one that exists is asked for."""

import ast
import re

import pytest

from folkmoot.base.actors import VISITOR
from folkmoot.base.doors import SignInFirst, door
from folkmoot.base.permissions import permission_names
from tests.architecture.source import PACKAGE, apps, files, modules, shown, tree

ASKING = {"require", "allowed", "may_try", "door"}


def asked() -> dict[str, list[str]]:
    """Where each permission is asked for: by name in a call, in a template, or in the navigation."""
    places: dict[str, list[str]] = {}
    declared = set(permission_names())
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and called(node) in ASKING:
                for name in strings(node):
                    places.setdefault(name, []).append(f"{shown(path)}:{node.lineno}")
            elif isinstance(node, ast.Constant) and node.value in declared and path.name != "rules.py":
                places.setdefault(node.value, []).append(f"{shown(path)}:{node.lineno}")
    for path in files(".html", under=PACKAGE):
        text = path.read_text(encoding="utf-8")
        for name in declared:
            if f'"{name}"' in text or f"'{name}'" in text:
                places.setdefault(name, []).append(shown(path))
    return places


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def strings(node: ast.Call) -> list[str]:
    values = [argument.value for argument in node.args[:2] if isinstance(argument, ast.Constant)]
    return [value for value in values if isinstance(value, str) and "." in value]


def test_asked_permissions_exist() -> None:
    unknown = {name: places for name, places in asked().items() if name not in permission_names()}
    assert unknown == {}


def test_declared_permissions_are_asked() -> None:
    assert sorted(set(permission_names()) - set(asked())) == []


def test_names_are_an_app_a_verb_and_a_noun() -> None:
    form = re.compile(rf"({'|'.join(apps())})\.[a-z]+(_[a-z0-9]+)+")
    assert [name for name in permission_names() if not form.fullmatch(name)] == []


def test_unknown_permission_never_says_yes(rf) -> None:
    @door("cases.no_such_act")
    def view(request):
        raise AssertionError("let in")

    request = rf.get("/")
    request.actor = VISITOR
    with pytest.raises(KeyError):
        view(request)


def test_visitor_is_asked_to_sign_in(rf) -> None:
    @door("people.choose_post")
    def view(request):
        raise AssertionError("let in")

    request = rf.get("/")
    request.actor = VISITOR
    with pytest.raises(SignInFirst):
        view(request)
