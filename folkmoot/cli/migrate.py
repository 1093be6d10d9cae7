"""Brings the database to the form that this version needs."""

from argparse import ArgumentParser, Namespace

from django.utils.translation import gettext as _

from folkmoot.base.marks import gettext_noop

HELP = gettext_noop("make or renew the tables of the database")


def add(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--check", action="store_true", help=gettext_noop("change nothing; exit 1 if there is work")
    )


def run(options: Namespace) -> int:
    from folkmoot.operations.tables import migrate, pending

    waiting = pending()
    if not waiting:
        print(_("The database is up to date."))
        return 0
    if options.check:
        print(_("%(count)d steps wait: %(steps)s") % {"count": len(waiting), "steps": ", ".join(waiting)})
        return 1
    migrate()
    print(_("The database is up to date after %(count)d steps.") % {"count": len(waiting)})
    return 0
