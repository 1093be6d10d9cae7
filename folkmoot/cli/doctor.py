"""Looks the installation over, line by line."""

from argparse import ArgumentParser, Namespace

from django.utils.translation import gettext as _

from folkmoot.base.marks import gettext_noop

HELP = gettext_noop("look everything over and say what to do; exit 1 on a fault")
MAKES_KEYS = False  # a missing key is what it has to find


def add(_parser: ArgumentParser) -> None:
    pass


def run(_options: Namespace) -> int:
    from folkmoot.operations.doctor import Level, examine

    faults = 0
    for subject, finding in examine():
        faults += finding.level == Level.FAULT
        print(f"{finding.level:5}  {subject:9} {finding.sentence}")
    print(_("All is well.") if not faults else _("Faults to mend: %(count)d.") % {"count": faults})
    return 1 if faults else 0
