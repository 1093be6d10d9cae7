"""A real mail server on loopback, with moods; and a database that several threads and processes share."""

import contextlib
import email
import email.policy
import shutil
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils.translation import gettext_lazy as _

from folkmoot.channels.models import Message
from folkmoot.channels.notices_text import notices, register_notice
from folkmoot.channels.services import notify
from folkmoot.people.models import Person
from folkmoot.settings import sqlite
from tests.factories.people import PersonFactory

NOTICE = "test.lamp"


@pytest.fixture(autouse=True)
def _lamp() -> Iterator[None]:
    """A notice of a made-up app; "photo" and "document" are words that the catalogue knows."""
    register_notice(NOTICE, "The lamp at %(place)s", "It is mended: %(what)s.")
    register_notice("test.words", _("photo"), _("document"))
    yield
    del notices._entries[NOTICE], notices._entries["test.words"]


@dataclass
class MailServer:
    """What arrived, and how the server behaves. `answers` by step: RCPT, DATA; `in_data` runs once a letter was
    taken and before that is said."""

    port: int = 0
    received: list[tuple[str, EmailMessage]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    in_data: Callable[[SMTP], None] = lambda _server: None

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA" in self.answers:
            return self.answers["DATA"]
        content = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.received.append((envelope.rcpt_tos[0], content))
        await server.loop.run_in_executor(None, self.in_data, server)
        return "250 OK"

    @property
    def addresses(self) -> list[str]:
        return sorted(address for address, _ in self.received)

    @property
    def texts(self) -> list[str]:
        return [letter.get_content() for _, letter in self.received]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(server: MailServer) -> Iterator[None]:
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


@pytest.fixture
def no_server(settings: Any) -> MailServer:
    """Mail is set up, and nobody listens."""
    server = MailServer(free_port())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD, settings.EMAIL_USE_SSL = "", "", False
    settings.EMAIL_TIMEOUT = 10
    settings.DEFAULT_FROM_EMAIL = "Heron Island <folkmoot@heron.example>"
    settings.ORIGIN = "https://heron.example"
    return server


@pytest.fixture
def mail(no_server: MailServer) -> Iterator[MailServer]:
    """A mail server that takes everything."""
    with running(no_server):
        yield no_server


def reader(name: str, **fields: Any) -> Person:
    """Somebody with an e-mail address."""
    return PersonFactory.create(name=name.title(), email=f"{name}@heron.example", **fields)


@pytest.fixture
def amal(db: None) -> Person:
    return reader("amal")


def tell(*people: Person, what: str = "new bulb", notice: str = NOTICE, url: str = "") -> list[Message]:
    with transaction.atomic():
        return notify(
            people=[person.pk for person in people],
            notice=notice,
            params={"place": "Pier Road", "what": what},
            url=url,
        )


@pytest.fixture(scope="session")
def sqlite_template(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Path:
    """A file with all tables and no rows: a copy of the run's own database, where that is SQLite."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite" and Message._meta.db_table in connection.introspection.table_names():
            with contextlib.closing(sqlite3.connect(path)) as copy:
                connection.connection.backup(copy)
        else:
            with pointed_at(sqlite(path)):
                call_command("migrate", verbosity=0)
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@contextlib.contextmanager
def pointed_at(database: dict[str, Any]) -> Iterator[None]:
    """Django's default database is `database`, for every thread that opens a connection now."""
    connections["default"].close()
    former = connections.settings["default"]
    connections.settings["default"] = former | database
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = former
        del connections["default"]


@pytest.fixture(params=["sqlite", "postgres"])
def shared_database(request: pytest.FixtureRequest, settings: Any, django_db_blocker: Any) -> Iterator[str]:
    """A database that other threads and processes see; gives its DATABASE_URL."""
    if request.param == "postgres":
        request.getfixturevalue("on_postgres")
        at = connections["default"].settings_dict
        yield f"postgresql://{at['USER']}@{at['HOST'].replace('/', '%2F')}/{at['NAME']}"
        return
    # Where a process with the same DATA_DIR looks for it.
    path = settings.DATA_DIR / "folkmoot.sqlite3"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    with django_db_blocker.unblock(), pointed_at(sqlite(path)):
        yield ""
    for leftover in settings.DATA_DIR.glob("folkmoot.sqlite3*"):
        leftover.unlink()


def in_threads(*works: Callable[[], Any]) -> None:
    """Runs the works at once, each with a connection of its own, and waits for all."""

    def with_own_connection(work: Callable[[], Any]) -> None:
        try:
            work()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=with_own_connection, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
