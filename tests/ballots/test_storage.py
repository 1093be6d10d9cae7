"""How rows that know of a person and a paper lie in the database."""

from uuid import UUID

import pytest
from django.db import connection

from folkmoot.ballots.models import Claim, RollEntry, Stratum, Taken, Waiting
from folkmoot.ballots.storage import WITHOUT_ROWID, rewrite_in_key_order
from tests.factories.ballots import make_voting
from tests.factories.cases import actor_of
from tests.factories.island import Island, make_island


@pytest.mark.django_db
def test_tables_have_no_hidden_serial() -> None:
    if connection.vendor == "postgresql":
        return  # it has none; what it has instead, see test_rewriting_keeps_every_row_in_the_order_of_its_key
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%WITHOUT ROWID%'")
        assert {name for (name,) in cursor.fetchall()} == set(WITHOUT_ROWID)
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'ballots_taken'")
        assert any("paper" in name for (name,) in cursor.fetchall())


@pytest.mark.django_db
def test_database_that_knows_of_taken_papers_is_found_whole(voting) -> None:
    """SQLite's check misreads a table without rowid whose key does not come first, and a backup would refuse it."""
    if connection.vendor == "postgresql":
        return
    made = voting({"residents": 3})
    for entry in made.entries("residents"):
        Taken.objects.create(entry=entry, paper=made.paper, kind="hand")
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA quick_check").fetchall() == [("ok",)]


def test_tables_without_rowid_are_those_of_the_models() -> None:
    assert {model._meta.db_table for model in (RollEntry, Claim, Waiting, Taken)} == set(WITHOUT_ROWID)


def taken_in_the_order_of_chance(island: Island) -> list[UUID]:
    """Hand papers given to 40 people, one after the other; gives their places in that order."""
    chair = actor_of(island.bei, island.secretary)
    made = make_voting(island["V1"], chair, {"residents": 40}, channels={"has_hand": True})
    Stratum.objects.filter(poll=made.poll).update(votes_in=made.stratum("residents"))
    entries = made.entries("residents")
    paper = made.paper
    for entry in entries:
        Taken.objects.create(entry=entry, paper=paper, kind="hand")
    return [entry.pk for entry in entries]


@pytest.mark.postgres
def test_rewriting_leaves_no_order_of_transactions_and_places(on_postgres: None) -> None:
    rewrite_in_key_order()  # a fresh file: rows of other tests have left no room to fall into
    came = taken_in_the_order_of_chance(make_island())
    assert lying() == came  # what the database tells before
    assert len(transactions()) == len(came)
    rewrite_in_key_order()
    assert lying() == sorted(came)
    assert len(transactions()) == 1


def lying() -> list[UUID]:
    """The rows by their place in the file."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT entry_id FROM ballots_taken ORDER BY ctid")
        return [entry for (entry,) in cursor.fetchall()]


def transactions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text FROM ballots_taken")
        return {xmin for (xmin,) in cursor.fetchall()}
