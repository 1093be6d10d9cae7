"""The command line in the operator's language, also where argparse speaks by itself."""

import argparse
import os
from collections.abc import Iterable
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from folkmoot.base.marks import gettext_noop

# What argparse says by itself.
USAGE = gettext_noop("usage: ")
SAID_BY_ARGPARSE = (
    gettext_noop("positional arguments"), gettext_noop("options"), gettext_noop("show this help message and exit"),
)  # fmt: skip


def wake() -> None:
    """Sets Django up, in the language of the place."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "folkmoot.settings")
    import django

    from folkmoot import settings

    django.setup()
    translation.activate(settings.LANGUAGE_CODE)


class Help(argparse.HelpFormatter):
    """Translates each text on its way out."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, gettext(USAGE) if prefix is None else prefix)

    def add_text(self, text: str | None) -> None:
        super().add_text(gettext(text) if text else text)

    def start_section(self, heading: str | None) -> None:
        super().start_section(gettext(heading) if heading else heading)

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return gettext(action.help) if action.help else action.help


class Parser(argparse.ArgumentParser):
    """Wakes Django only when it has to say something: the settings know the language."""

    def __init__(self, **named: Any) -> None:
        super().__init__(formatter_class=Help, **named)

    def format_help(self) -> str:
        wake()
        return super().format_help()

    def format_usage(self) -> str:
        wake()
        return super().format_usage()
