"""A private PostgreSQL for the suite, from the installed binaries: a pytest plugin.

    pytest --postgres                 every test that touches the database, on PostgreSQL (or set
                                      FOLKMOOT_TEST_DATABASE=postgres)
    def test_...(postgres_url)        the address of an empty PostgreSQL database, whatever the run uses:
                                      for commands started as `DATABASE_URL=... folkmoot ...`
    def test_...(on_postgres)         our code runs on a fresh, migrated, empty PostgreSQL database, in this
                                      thread and in threads the test starts: for locks and races

The server listens on a socket in its own temporary folder, keeps nothing, and ends with the run. Its absence
is a failure, never a skip.
"""

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import cached_property
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

USER = "folkmoot"
DEBIAN = Path("/usr/lib/postgresql")  # Debian keeps initdb off the PATH
OLDEST = 15
HOW_TO_INSTALL = (
    f"The suite needs PostgreSQL {OLDEST} or newer, and finds no initdb. Install it, for example with "
    "`sudo apt-get install postgresql` or `brew install postgresql`, and run again."
)
# The data is thrown away, so nothing needs to reach the disk.
THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


def binaries() -> Path:
    """The folder of the newest installed PostgreSQL. Raises LookupError with what to install."""
    found = {int(path.parts[-2]): path for path in DEBIAN.glob("[0-9]*/bin")}
    if found and max(found) >= OLDEST:
        return found[max(found)]
    if initdb := shutil.which("initdb"):
        said = subprocess.run([initdb, "--version"], check=True, capture_output=True, text=True).stdout
        if int(re.search(r"(\d+)", said)[1]) >= OLDEST:
            return Path(initdb).resolve().parent
    raise LookupError(HOW_TO_INSTALL)


class Cluster:
    """One running server with a folder of its own. PostgreSQL refuses root, so root becomes `postgres`."""

    def __init__(self) -> None:
        programs = binaries()
        # Not the system's temporary folder: the path of a socket has room for 107 bytes only.
        self.folder = Path(tempfile.mkdtemp(prefix="folkmoot-pg-", dir="/tmp"))
        self.as_whom = self._give_folder_away() if os.getuid() == 0 else {}
        data = self.folder / "data"
        subprocess.run(
            [programs / "initdb", "--pgdata", data, "--no-sync", "--encoding=UTF8", "--locale=C",
             "--auth=trust", f"--username={USER}"],
            check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **self.as_whom,
        )  # fmt: skip
        # The server goes down with us even when nobody can say goodbye any more.
        guard = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
        chosen = [f"unix_socket_directories={self.folder}", "listen_addresses=", *THROW_AWAY]
        command = [*guard, programs / "postgres", "-D", data, *(f"--{each}" for each in chosen)]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=log, cwd=self.folder,
                start_new_session=True, **self.as_whom,
            )  # fmt: skip
        self._wait()

    def _give_folder_away(self) -> dict[str, object]:
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                who = pwd.getpwnam(name)
                os.chown(self.folder, who.pw_uid, who.pw_gid)
                return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
        raise LookupError("PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody`.")

    def _wait(self) -> None:
        for _ in range(300):
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.url("postgres")).close()
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        log = (self.folder / "log").read_text()
        self.stop()
        raise RuntimeError(f"PostgreSQL did not start:\n{log}")

    def url(self, database: str) -> str:
        return f"postgresql://{USER}@{quote(str(self.folder), safe='')}/{database}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # "fast": open connections are cut
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Databases:
    """The databases of one run: the cluster starts when the first of them is asked for."""

    def __init__(self) -> None:
        self._numbers = count(1)

    @cached_property
    def cluster(self) -> Cluster:
        return Cluster()

    def fresh(self, template: str = "template1") -> str:
        name = f"fresh_{next(self._numbers)}"
        self.cluster.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.cluster.url(name)

    def stop(self) -> None:
        if "cluster" in self.__dict__:
            self.cluster.stop()


DATABASES = pytest.StashKey[Databases]()
URL_OF_THE_RUN = "FOLKMOOT_TEST_DATABASE_URL"  # tests/settings.py and the xdist workers read it
OF_THE_DATABASE = {"db", "transactional_db", "django_db_serialized_rollback", "live_server", "on_postgres"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="run what touches the database on PostgreSQL")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Before pytest-django reads the settings: their database must be running."""
    databases = early_config.stash[DATABASES] = Databases()
    early_config.add_cleanup(databases.stop)
    chosen = os.environ.get("FOLKMOOT_TEST_DATABASE", "sqlite")
    if chosen not in {"sqlite", "postgres"}:
        raise pytest.UsageError(f"FOLKMOOT_TEST_DATABASE is sqlite or postgres, not {chosen}")
    is_wanted = chosen == "postgres" or early_config.known_args_namespace.postgres
    if is_wanted and URL_OF_THE_RUN not in os.environ:
        try:
            os.environ[URL_OF_THE_RUN] = databases.cluster.url(USER)
        except LookupError as error:
            raise pytest.UsageError(str(error)) from None
        early_config.add_cleanup(lambda: os.environ.pop(URL_OF_THE_RUN))
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    if URL_OF_THE_RUN in os.environ:
        config.option.reuse_db = True  # the databases end with their server: no need to drop them one by one


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, tests that touch no database are left out: they say the same on SQLite."""
    if URL_OF_THE_RUN not in os.environ:
        return
    for item in items:
        if "on_postgres" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.django_db(transaction=True))
    touching = [item for item in items if touches_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if not touches_database(item)])
    items[:] = touching


def touches_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & OF_THE_DATABASE)


@pytest.fixture(scope="session")
def postgres_databases(pytestconfig: pytest.Config) -> Databases:
    databases = pytestconfig.stash[DATABASES]
    try:
        assert databases.cluster
    except LookupError as error:
        pytest.fail(str(error))
    return databases


@pytest.fixture
def postgres_url(postgres_databases: Databases) -> str:
    """The address of an empty PostgreSQL database, as DATABASE_URL takes it."""
    return postgres_databases.fresh()


@contextlib.contextmanager
def pointed_at(url: str) -> Iterator[None]:
    """Django's default database is the one at `url`, for every thread."""
    from django.db import connections

    from folkmoot.settings import database

    connections["default"].close()
    former = connections.settings["default"]
    connections.settings["default"] = former | database(url) | {"OPTIONS": {}}
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = former
        del connections["default"]


@pytest.fixture(scope="session")
def migrated_template(postgres_databases: Databases, django_db_blocker: object) -> str:
    """The name of a database with all tables and no rows, made once for the run."""
    from django.core.management import call_command

    postgres_databases.cluster.execute("CREATE DATABASE migrated")
    with django_db_blocker.unblock(), pointed_at(postgres_databases.cluster.url("migrated")):
        call_command("migrate", verbosity=0)
    return "migrated"


@pytest.fixture
def on_postgres(request: pytest.FixtureRequest, django_db_blocker: object) -> Iterator[None]:
    """A fresh PostgreSQL database, committed for real; threads that use it close their connection."""
    if URL_OF_THE_RUN in os.environ:  # the whole run is there; see pytest_collection_modifyitems
        yield
        return
    databases = request.getfixturevalue("postgres_databases")
    url = databases.fresh(request.getfixturevalue("migrated_template"))
    with django_db_blocker.unblock(), pointed_at(url):
        yield
