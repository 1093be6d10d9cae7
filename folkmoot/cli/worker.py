"""Runs the worker alone, for installations whose web server stands elsewhere."""

from argparse import ArgumentParser, Namespace

HELP = "do what is due, once a second, until it is stopped (folkmoot serve does this too)"


def add(_parser: ArgumentParser) -> None:
    pass


def run(_options: Namespace) -> int:
    from folkmoot.operations.worker import run_worker

    run_worker()
    return 0
