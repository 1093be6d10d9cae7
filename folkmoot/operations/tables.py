"""The tables of the database, and what this version still has to change in them."""

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def pending() -> list[str]:
    """The migrations that this database has not seen, as `areas.0001_initial`."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def migrate() -> None:
    """Runs all pending migrations. Effects: each in a transaction of its own, so that it can be run again."""
    call_command("migrate", verbosity=0, interactive=False)
