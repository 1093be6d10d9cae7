"""Whole installations in folders of their own: on SQLite files and on PostgreSQL, committed for real."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import override_settings

from folkmoot.base import keys as base_keys
from folkmoot.base.keys import ensure_keys
from folkmoot.settings import database, sqlite

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Place:
    """One installation: its folder, and the address of its PostgreSQL database ("" for SQLite)."""

    folder: Path
    url: str = ""

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Our code in this process works on this installation, in every thread."""
        paths = {
            "DATA_DIR": self.folder,
            "KEYS_DIR": self.folder / "keys",
            "MEDIA_ROOT": self.folder / "media",
            "STATIC_ROOT": self.folder / "static",
        }
        chosen = database(self.url) | {"OPTIONS": {}} if self.url else sqlite(self.database)
        connections["default"].close()
        former = connections.settings["default"]
        connections.settings["default"] = former | chosen
        del connections["default"]
        forget_keys()
        try:
            with override_settings(**paths):
                yield
        finally:
            connections["default"].close()
            connections.settings["default"] = former
            del connections["default"]
            forget_keys()

    @property
    def database(self) -> Path:
        return self.folder / "folkmoot.sqlite3"

    def environment(self) -> dict[str, str]:
        chosen = {
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": self.url,
            "FOLKMOOT_TEST": "no",
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY / "kernel"), str(REPOSITORY)]),
            "DJANGO_SETTINGS_MODULE": "folkmoot.settings",
        }
        return os.environ | chosen

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "folkmoot", *arguments]

    def start(self, *arguments: str, **more: object) -> subprocess.Popen[str]:
        """Starts `folkmoot ...` on this installation."""
        return subprocess.Popen(
            self.command(*arguments), env=self.environment(), cwd=REPOSITORY, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more,
        )  # fmt: skip

    def run(self, *arguments: str, **more: object) -> subprocess.CompletedProcess[str]:
        """Runs `folkmoot ...` on this installation to its end."""
        process = self.start(*arguments, **more)
        said, errors = process.communicate(timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, said, errors)


def forget_keys() -> None:
    base_keys._fernet.cache_clear()
    base_keys._lookup_key.cache_clear()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: object) -> Path:
    """A SQLite file with all tables and no rows, made once."""
    place = Place(tmp_path_factory.mktemp("migrated"))
    with django_db_blocker.unblock(), place.entered():
        call_command("migrate", verbosity=0)
        connections["default"].cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return place.database


@pytest.fixture
def sqlite_place(tmp_path: Path, migrated_file: Path, django_db_blocker: object) -> Iterator[Place]:
    """An installation on SQLite with all tables and keys."""
    place = Place(tmp_path / "place")
    place.folder.mkdir(mode=0o700)
    shutil.copy(migrated_file, place.database)
    ensure_keys(place.folder / "keys")
    with django_db_blocker.unblock():
        yield place


@pytest.fixture
def postgresql_place(
    tmp_path: Path, postgres_databases: object, migrated_template: str, django_db_blocker: object
) -> Iterator[Place]:
    """An installation on PostgreSQL with all tables and keys."""
    place = Place(tmp_path / "place", postgres_databases.fresh(migrated_template))
    place.folder.mkdir(mode=0o700)
    ensure_keys(place.folder / "keys")
    with django_db_blocker.unblock():
        yield place


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Place:
    """An installation with all tables and keys, on either database."""
    return request.getfixturevalue(f"{request.param}_place")


@pytest.fixture
def empty_place(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[Place], Place]:
    """Makes an empty installation on the same kind of database as another."""

    def make(like: Place) -> Place:
        folder = tmp_path / "empty"
        folder.mkdir(mode=0o700)
        url = request.getfixturevalue("postgres_databases").fresh() if like.url else ""
        return Place(folder, url)

    return make
