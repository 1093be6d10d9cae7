"""Brings the database to the form that this version needs."""

from argparse import ArgumentParser, Namespace

HELP = "make or renew the tables of the database"


def add(parser: ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if there is work")


def run(options: Namespace) -> int:
    from folkmoot.operations.tables import migrate, pending

    waiting = pending()
    if not waiting:
        print("The database is up to date.")
        return 0
    if options.check:
        print(f"{len(waiting)} steps wait: {', '.join(waiting)}")
        return 1
    migrate()
    print(f"The database is up to date after {len(waiting)} steps.")
    return 0
