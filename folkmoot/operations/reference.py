"""The pages of docs/reference that are made from the source: settings, commands, permissions, states, erasure."""

import argparse
import importlib
import os
import runpy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from inspect import getdoc
from types import ModuleType

from django.apps import apps
from django.utils import translation
from rules.predicates import Predicate

from folkmoot import settings as settings_module
from folkmoot.base import permissions, registries

MADE = "<!-- Made by `folkmoot reference` from the source. Do not change it here. -->\n"

ERASURE = """
A person erases herself in one act, on the page of her data; whoever holds a post gives it up first. All of it happens
in one transaction, or nothing.

*Erased*: gone, or empty. *Untied*: the row stays and no longer leads to her. *Kept*: the row stays as it is, and the
person it points to has no name any more. A table that is not here has nothing that leads to a person.
"""


def pages(parser: argparse.ArgumentParser) -> dict[str, str]:
    """Every page by its file name."""
    with translation.override("en"):
        return {
            "settings.md": settings_page(),
            "commands.md": commands_page(parser),
            "permissions.md": permissions_page(),
            "states.md": states_page(),
            "erasure.md": erasure_page(),
        }


def settings_page() -> str:
    """The environment variables, with the defaults of an installation that sets none of them."""
    with unset(list(settings_module.KNOWN)):
        known = runpy.run_path(settings_module.__file__)["KNOWN"]
    rows = [(f"`{name}`", code(default), meaning) for name, (default, meaning) in known.items()]
    return (
        "# Settings\n\n" + MADE + "\nAll are environment variables; secrets are files in DATA_DIR/keys.\n\n"
        + table(("variable", "default", "meaning"), rows)
    )  # fmt: skip


@contextmanager
def unset(names: list[str]) -> Iterator[None]:
    former = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(former)


def commands_page(parser: argparse.ArgumentParser) -> str:
    parts = ["# Commands\n\n", MADE, f"\n{parser.description}\n"]
    for name, help_text, command in subcommands(parser):
        parts += [f"\n## folkmoot {name}\n\n{capital(help_text)}.\n", arguments(command)]
        for inner, inner_help, act in subcommands(command):
            parts += [f"\n### folkmoot {name} {inner}\n\n{capital(inner_help)}.\n", arguments(act)]
    return "".join(parts)


def subcommands(
    parser: argparse.ArgumentParser,
) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, command in action.choices.items():
                yield name, helps[name], command


def arguments(parser: argparse.ArgumentParser) -> str:
    rows = []
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction | argparse._SubParsersAction):
            continue
        shown = ", ".join(action.option_strings) or action.dest
        value = (
            f" {action.metavar or action.dest.upper()}" if action.option_strings and action.nargs != 0 else ""
        )
        rows.append((f"`{shown}{value}`", (action.help or "") % {"default": action.default}))
    return "\n" + table(("argument", "meaning"), rows) if rows else ""


def permissions_page() -> str:
    """Every permission with its two questions, and what each predicate means."""
    parts = [
        "# Permissions\n\n", MADE,
        "\nThe door asks *who* before anything is read; the act asks *on what* too. There is no superuser.\n",
    ]  # fmt: skip
    by_app: dict[str, list[tuple[str, str, str]]] = {}
    for permission in permissions.permissions():
        app, _, act = permission.name.partition(".")
        row = (f"`{act}`", words(permission.who), words(permission.on))
        by_app.setdefault(app, []).append(row)
    for app, rows in sorted(by_app.items()):
        parts += [f"\n## {app}\n\n", table(("act", "who", "on what"), rows)]
    meanings = [(f"`{name}`", meaning) for name, meaning in sorted(documented_predicates().items())]
    parts += ["\n## The words used above\n\n", table(("predicate", "meaning"), meanings)]
    return "".join(parts)


def words(predicate: Predicate) -> str:
    """`((a & ~b) | c)` in words."""
    said = predicate.name
    if said.startswith("("):
        said = said[1:-1]
    for sign, word in ((" & ", " and "), (" | ", " or "), ("~", "not "), ("always_true", "anything")):
        said = said.replace(sign, word)
    return str(said)


def documented_predicates() -> dict[str, str]:
    """The first line of every predicate's docstring, by name."""
    found: dict[str, str] = {}
    modules = [permissions, *app_modules("rules")]
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Predicate) and (meaning := getdoc(value.fn)):
                found[value.name] = meaning.split("\n\n")[0].replace("\n", " ")
    return found


def states_page() -> str:
    parts = [
        "# States\n\n",
        MADE,
        "\nEvery move of every thing that moves, from the `states.py` of its app.\n",
    ]
    for module in app_modules("states"):
        if hasattr(module, "TRANSITIONS"):
            title = module.__name__.split(".")[1]
            parts += [f"\n## {title}\n\n", diagram(module.TRANSITIONS, getattr(module, "FINAL_STATES", ()))]
    return "".join(parts)


def erasure_page() -> str:
    """What becomes of each table when a person erases herself, from the registry that erases."""
    parts = [
        "# Erasure\n\n", MADE,
        ERASURE,
    ]  # fmt: skip
    for name, held in registries.personal_data:
        rows = [
            (
                f"`{fate.table}`",
                ", ".join(f"`{field}`" for field in fate.fields) or "the whole row",
                fate.becomes,
                fate.why,
            )
            for fate in held.fates
        ]
        parts += [f"\n## {name}\n\n", table(("table", "what", "becomes", "because"), rows)]
    return "".join(parts)


def diagram(transitions: dict[tuple[str, str], str], final: tuple[str, ...]) -> str:
    """A table of transitions as a Mermaid diagram; acts between the same two states share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (state, act), target in transitions.items():
        arrows.setdefault((str(state), str(target)), []).append(act)
    lines = [f"  {state} --> {target}: {', '.join(acts)}" for (state, target), acts in arrows.items()]
    lines += [f"  {state} --> [*]" for state in final]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```", ""])


def app_modules(name: str) -> list[ModuleType]:
    """The module of that name of each of our apps that has one."""
    found = []
    for config in apps.get_app_configs():
        if config.name.startswith("folkmoot."):
            try:
                found.append(importlib.import_module(f"{config.name}.{name}"))
            except ModuleNotFoundError as error:
                if error.name != f"{config.name}.{name}":
                    raise
    return found


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def code(text: str) -> str:
    return f"`{text}`" if text else "empty"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
