"""Sends one request to a witness: no redirects, no proxy, an end in time whatever the other side does."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from typing import Final
from urllib.parse import urlsplit

SECONDS_TO_CONNECT: Final = 5.0
SECONDS_TO_ANSWER: Final = 5.0
MOST_BYTES: Final = 1 << 16


class Silent(Exception):
    """Nobody answered, not in time, or more than a witness has to say."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


def post(address: str, body: bytes) -> Answer:
    """Posts `body` and reads the answer. Raises Silent."""
    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    try:
        with closing(kind(parts.hostname or "", parts.port, timeout=SECONDS_TO_CONNECT)) as connection:
            connection.connect()
            with cut_off(connection.sock):
                connection.request("POST", parts.path, body, {"Content-Type": "text/plain; charset=utf-8"})
                answer = connection.getresponse()
                data = answer.read(MOST_BYTES + 1)
    except (OSError, HTTPException, UnicodeError) as error:
        raise Silent(f"{type(error).__name__}: {error}") from error
    if len(data) > MOST_BYTES or (answer.length or 0) > 0:
        raise Silent("its answer is too long, or was cut off")
    return Answer(answer.status, data)


@contextmanager
def cut_off(connection: socket.socket) -> Iterator[None]:
    """Ends the connection when the time is up: a byte now and then would keep any other limit from being reached."""

    def end() -> None:
        with suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

    timer = Timer(SECONDS_TO_ANSWER, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
