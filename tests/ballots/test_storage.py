"""How rows that know of a person and a paper lie in the database."""

import pytest
from django.db import connection

from folkmoot.ballots.models import Claim, RollEntry, Taken
from folkmoot.ballots.storage import WITHOUT_ROWID


@pytest.mark.django_db
def test_tables_have_no_hidden_serial() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no rowid")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%WITHOUT ROWID%'")
        assert {name for (name,) in cursor.fetchall()} == set(WITHOUT_ROWID)
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'ballots_taken'")
        assert any("paper" in name for (name,) in cursor.fetchall())


def test_tables_without_rowid_are_those_of_the_models() -> None:
    assert {model._meta.db_table for model in (RollEntry, Claim, Taken)} == set(WITHOUT_ROWID)
