"""The suite's own PostgreSQL does what the tests that ask for it rely on."""

import os
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection, transaction

from folkmoot.areas.models import Area
from tests.factories.areas import AreaFactory
from tests.postgres import URL_OF_THE_RUN


@pytest.mark.postgres
def test_postgres_url_is_an_empty_database(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as server:
        tables = server.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        assert tables == (0,)
        assert server.info.server_version >= 150000
        assert server.execute("SHOW listen_addresses").fetchone() == ("",)


@pytest.mark.postgres
def test_on_postgres_commits_for_every_thread(on_postgres: None) -> None:
    assert connection.vendor == "postgresql"
    area = AreaFactory.create(name="Before")

    def rename(name: str) -> str:
        try:
            with transaction.atomic():
                mine = Area.objects.select_for_update().get(pk=area.pk)
                former, mine.name = mine.name, name
                mine.save(update_fields=["name"])
                return former
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        seen = list(threads.map(rename, ["One", "Two", "Three", "Four"]))
    area.refresh_from_db()
    # Each saw what another left behind: nobody overwrote anybody unseen.
    assert sorted([*seen, area.name]) == ["Before", "Four", "One", "Three", "Two"]


@pytest.mark.postgres
@pytest.mark.parametrize("turn", [1, 2])
def test_on_postgres_starts_empty(on_postgres: None, turn: int) -> None:
    assert Area.objects.count() == 0
    AreaFactory.create()


def test_run_keeps_its_database(db: None) -> None:
    assert Area.objects.count() == 0


def test_run_uses_the_asked_database(db: None) -> None:
    assert connection.vendor == ("postgresql" if URL_OF_THE_RUN in os.environ else "sqlite")
