"""The clock command: does all due work once."""

from argparse import ArgumentParser, Namespace

from folkmoot.base.marks import gettext_noop

HELP = gettext_noop("do everything that is due now, once")


def add(_parser: ArgumentParser) -> None:
    pass


def run(_options: Namespace) -> int:
    from folkmoot.operations.worker import due_jobs, slow_jobs

    jobs = [*due_jobs(), *slow_jobs()]
    for job in jobs:
        done = job.run()
        print(f"{job.name}: {job.error if done is None else done}")
    return 1 if any(job.failures for job in jobs) else 0
