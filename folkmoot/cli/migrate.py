"""Brings the database to the form that this version needs."""

from argparse import ArgumentParser, Namespace

HELP = "make or renew the tables of the database"


def add(parser: ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if there is work")


def run(options: Namespace) -> int:
    waiting = pending()
    if not waiting:
        print("The database is up to date.")
        return 0
    print(f"{len(waiting)} steps to do: {', '.join(waiting)}")
    if options.check:
        return 1
    apply()
    print("The database is up to date.")
    return 0


def pending() -> list[str]:
    """The migrations that this database has not seen, as `app.0001_initial`."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def apply() -> None:
    """Runs all pending migrations. Effects: each step in its own transaction, so that it can be run again."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
