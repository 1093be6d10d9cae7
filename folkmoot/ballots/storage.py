"""How the rows lie on the disk that know of a person and a paper: in the order of their keys, and of nothing else.

SQLite gives each row a hidden serial unless the table is WITHOUT ROWID; PostgreSQL marks it with its transaction
and puts it after the one before. Either would tell in which order papers were taken. So the tables have no rowid
from the first migration on, and once issuing has ended they are written anew in one transaction.
"""

from typing import Any

from django.db import connection, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from folkmoot.ballots.models import Claim, Taken, Waiting

# The roll itself is made before anybody takes anything; only its hidden serial has to go.
FIRST_WITHOUT_ROWID = ("ballots_rollentry", "ballots_claim", "ballots_taken")  # of migration 0001
WITHOUT_ROWID = (*FIRST_WITHOUT_ROWID, "ballots_waiting")
REWRITTEN = (Claim, Waiting, Taken)
# What no backup takes while the poll is open: which rows of these tables.
OPEN_TABLES = ("ballots_claim", "ballots_waiting", "ballots_taken", "ballots_drawn")
OPEN_ROWS = (
    "entry_id IN (SELECT entry.id FROM ballots_rollentry AS entry "
    "JOIN ballots_poll AS poll ON poll.id = entry.poll_id WHERE poll.closed_at IS NULL)"
)


def drop_rowids(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Makes the first tables anew without hidden serials. For migrations, while the tables are empty."""
    drop_rowids_of(FIRST_WITHOUT_ROWID, schema_editor)


def drop_rowids_of(tables: tuple[str, ...], schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Makes tables anew without hidden serials, while they are empty."""
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        for table in tables:
            found = cursor.execute(
                "SELECT sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL ORDER BY type DESC",
                [table],
            )
            statements = [str(sql) for (sql,) in found.fetchall()]
            cursor.execute(f'DROP TABLE "{table}"')
            for sql in statements:
                is_table = sql.startswith("CREATE TABLE")
                cursor.execute(f"{sql} WITHOUT ROWID" if is_table else sql)


def rewrite_in_key_order() -> None:
    """Writes what was taken anew, in the order of its keys, by one transaction; nothing changes in it.

    Afterwards neither place nor transaction of a row says when it came: PostgreSQL starts a new file, SQLite
    overwrites what it frees. Callers hold the lock of services.issuing.
    """
    is_postgresql = connection.vendor == "postgresql"
    with transaction.atomic(), connection.cursor() as cursor:
        if is_postgresql:
            connection.check_constraints()  # a table with checks put off cannot be truncated
        else:
            cursor.execute("PRAGMA secure_delete=ON")
        for model in REWRITTEN:  # the names below are those of our own models
            table = model._meta.db_table
            key = ", ".join(f'"{field.column}"' for field in model._meta.pk_fields)
            cursor.execute(f'CREATE TEMPORARY TABLE kept AS SELECT * FROM "{table}"')  # noqa: S608
            cursor.execute(f'TRUNCATE "{table}"' if is_postgresql else f'DELETE FROM "{table}"')  # noqa: S608
            cursor.execute(f'INSERT INTO "{table}" SELECT * FROM kept ORDER BY {key}')  # noqa: S608
            cursor.execute("DROP TABLE kept")
