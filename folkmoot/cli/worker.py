"""Runs the worker alone, for installations whose web server stands elsewhere."""

from argparse import ArgumentParser, Namespace

from folkmoot.base.marks import gettext_noop

HELP = gettext_noop("do what is due, once a second, until it is stopped (folkmoot serve does this too)")


def add(_parser: ArgumentParser) -> None:
    pass


def run(_options: Namespace) -> int:
    from folkmoot.operations.worker import run_worker

    run_worker()
    return 0
