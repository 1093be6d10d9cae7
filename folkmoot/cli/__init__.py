"""The `folkmoot` command. Each subcommand is one module here:

    HELP = gettext_noop("one line for the list of commands")
    def add(parser): ...            # its arguments; their texts are marked only: nobody knows the language yet
    def run(options) -> int: ...    # its exit code; models are imported inside, after Django is set up

A module may also say `MAKES_KEYS = False` (restore brings its own keys) and give `environment(options)`, a
dictionary of environment variables that must stand before the settings are read (serve --demo).
"""

import argparse
import importlib
import keyword
import os
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType

from django.utils.translation import gettext as _

from folkmoot.base.marks import gettext_noop
from folkmoot.cli.parser import Parser, wake

COMMANDS = (
    "serve", "worker", "tick", "import", "doctor", "backup", "restore", "migrate", "keys", "operator", "overseer",
    "open311-key", "journal", "reference",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0 done, 1 not done, 2 wrongly called."""
    modules = command_modules()
    options = build_parser(modules).parse_args(arguments)
    module = modules[options.command]
    if hasattr(module, "environment"):
        os.environ.update(module.environment(options))
    try:
        set_up(makes_keys=getattr(module, "MAKES_KEYS", True))
        return int(module.run(options))
    except KeyboardInterrupt:
        return stop(_("Stopped."), code=130)
    except Exception as error:
        sentence = plain_words(error)
        if sentence is None:
            raise
        return stop(sentence)


def command_modules() -> dict[str, ModuleType]:
    return {name: importlib.import_module(f"folkmoot.cli.{module_name(name)}") for name in COMMANDS}


def module_name(command: str) -> str:
    """`open311-key` is in open311_key.py, `import` in import_.py: Python keeps that word for itself."""
    return command.replace("-", "_") + "_" * keyword.iskeyword(command)


def build_parser(modules: Mapping[str, ModuleType]) -> argparse.ArgumentParser:
    """The whole command line; docs/reference/commands.md is made from it."""
    parser = Parser(
        prog="folkmoot",
        description=gettext_noop("Runs one Folkmoot: a place that governs itself at its smallest scale."),
    )
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    for name, module in modules.items():
        module.add(commands.add_parser(name, help=module.HELP, description=module.HELP))
    return parser


def set_up(*, makes_keys: bool) -> None:
    """Makes the data folder and its keys, then wakes Django.

    The keys come first, so that no random key stands in for a missing one.
    """
    from folkmoot import settings
    from folkmoot.base.keys import ensure_keys

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    if makes_keys and ensure_keys(settings.KEYS_DIR):
        settings.SECRET_KEY = settings.read_secret_key()
    wake()


def plain_words(error: Exception) -> str | None:
    """One sentence for what an operator can mend; None for a fault of ours, which needs its traceback."""
    from django.db.utils import OperationalError, ProgrammingError

    from folkmoot.base.errors import FolkmootError

    if isinstance(error, FolkmootError):
        return str(error)
    if isinstance(error, ProgrammingError) or "no such table" in str(error):
        return _("The database is not ready (%(why)s). Run: folkmoot migrate") % {"why": first_line(error)}
    if isinstance(error, OperationalError | sqlite3.Error):
        return _("The database cannot be used: %(why)s") % {"why": first_line(error)}
    if isinstance(error, OSError):
        return _("A file cannot be used: %(why)s") % {"why": error}
    return None


def first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def stop(sentence: str, *, code: int = 1) -> int:
    """Says why there is nothing more to do, where errors are read."""
    print(sentence, file=sys.stderr)
    return code
