"""Looks an installation over: each finding says what is, and what to do if it is not well."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from folkmoot.operations.doctor import installation, machine, work
from folkmoot.operations.doctor.finding import Finding, Findings, Level, fault

__all__ = ["CHECKS", "Finding", "Level", "examine"]

CHECKS: dict[str, Callable[[], Findings]] = {
    "settings": installation.check_settings,
    "keys": installation.check_keys,
    "clock": machine.check_clock,
    "disk": machine.check_disk,
    "database": machine.check_database,
    "worker": work.check_worker,
    "outbox": work.check_outbox,
    "journal": work.check_journal,
    "witnesses": work.check_witnesses,
}


def examine() -> Iterator[tuple[str, Finding]]:
    """Yields (subject, finding). A check that breaks is a fault itself, and the others go on."""
    for subject, check in CHECKS.items():
        try:
            for finding in check():
                yield subject, finding
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            yield subject, fault(_("This could not be looked at: %(why)s"), why=why)
