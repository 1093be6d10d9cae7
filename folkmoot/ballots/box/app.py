"""The doors of the box (RSGI): POST /cast, the public log, the pages of booth and verifier, and /control for the registrar.

No cookie, no session, no address, no line in any log.
"""

import asyncio
import hmac
import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import parse_qsl

from folkmoot.ballots.box import control, public
from folkmoot.ballots.box.checking import cell_of, check_fits
from folkmoot.ballots.box.commits import Commits
from folkmoot.ballots.box.config import Config
from folkmoot.ballots.box.desk import Clock, Desk
from folkmoot.ballots.box.problems import Problem, language_of
from folkmoot.ballots.box.public import OPEN, Document, File
from folkmoot.ballots.box.reading import MAX_CAST_BYTES, read_cast
from folkmoot.ballots.box.store import CannotStore

MAX_CONTROL_BYTES: Final = 32 << 20
SETTLE_SECONDS: Final = 5.0
SHARE_OF_TIME: Final = 20  # a batch that took a second is followed by twenty without one

PROMISED: Final = [*OPEN, ("content-type", "application/json"), ("cache-control", "no-store")]
ALLOWED: Final = [
    *OPEN,
    ("access-control-allow-methods", "GET, POST"),
    ("access-control-allow-headers", "content-type"),
    ("access-control-max-age", "86400"),
]

T = TypeVar("T")


class Headers(Protocol):
    def get(self, key: str, default: str = "") -> str: ...


class Scope(Protocol):
    method: str
    path: str
    query_string: str
    headers: Headers


class Exchange(Protocol):
    """Granian's RSGIHTTPProtocol."""

    async def __call__(self) -> bytes: ...
    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None: ...
    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...
    def response_file(self, status: int, headers: list[tuple[str, str]], file: str) -> None: ...


class Box:
    """The application of one worker."""

    def __init__(self, config: Config, pages: Mapping[str, Path], clock: Clock = time.time) -> None:
        self._config, self._pages = config, pages
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self.desk = self._thread.submit(Desk, config, clock).result()
        self._commits = Commits(self.desk.take, self._thread)
        self._settling: asyncio.Task[None] | None = None

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._settling = loop.create_task(self._settle())
        if not self._config.database_url:  # with SQLite there is one worker only
            self._commits.checks.begin_beside()

    def __rsgi_del__(self, _loop: asyncio.AbstractEventLoop) -> None:
        if self._settling:
            self._settling.cancel()
        self._commits.checks.close()
        self._thread.submit(self.desk.close).result()
        self._thread.shutdown()

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        try:
            if scope.path == "/cast":
                await self._cast(scope, exchange)
            elif scope.path.startswith("/control/"):
                await self._control(scope, exchange)
            else:
                await self._public(scope, exchange)
        except Problem as problem:
            self._refuse(scope, exchange, problem)
        except CannotStore:
            self._refuse(scope, exchange, Problem("cannot-store"))

    async def _cast(self, scope: Scope, exchange: Exchange) -> None:
        if scope.method == "OPTIONS":
            exchange.response_empty(204, ALLOWED)
            return
        if scope.method != "POST":
            raise Problem("not-found")
        cast = read_cast(await read_body(scope, exchange, MAX_CAST_BYTES))
        try:
            cell = cell_of(cast, self.desk.polls)
        except Problem:
            await self._in_desk(self.desk.refresh)  # another worker may know the paper already
            cell = cell_of(cast, self.desk.polls)
        check_fits(cast, cell)
        exchange.response_bytes(200, PROMISED, await self._commits.add(cast, cell))

    async def _control(self, scope: Scope, exchange: Exchange) -> None:
        given = scope.headers.get("authorization", "").encode("latin-1", "replace")
        if not hmac.compare_digest(given, f"Bearer {self._config.control_secret}".encode()):
            raise Problem("no-control")
        words = scope.path.split("/")[2:]
        asked: Mapping[str, Any] = dict(parse_qsl(scope.query_string))
        if scope.method == "POST":
            asked = as_object(await read_body(scope, exchange, MAX_CONTROL_BYTES))
        if words.pop(0) != "polls":
            raise Problem("not-found")
        found = await self._in_desk(lambda: control.act(self.desk, scope.method, words, asked))
        body = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
        headers = [("content-type", "application/json"), ("cache-control", "no-store")]
        exchange.response_bytes(200, headers, body)

    async def _public(self, scope: Scope, exchange: Exchange) -> None:
        if scope.method == "OPTIONS":
            exchange.response_empty(204, ALLOWED)
            return
        name, _, rest = scope.path[1:].partition("/")
        found: Document | File
        if name in self._pages and scope.method == "GET":
            found = public.page(self._pages[name], rest)
        elif scope.method == "GET" and rest.startswith("proof/"):
            found = await self._in_desk(lambda: public.proof(self.desk, name, rest.removeprefix("proof/")))
        elif scope.method == "GET" and rest == "bundle.zip":
            poll = await self._in_desk(lambda: self.desk.poll(name))
            found = await asyncio.to_thread(public.bundle, self.desk.publication(poll))
        elif scope.method == "GET":
            found = public.log_file(self._config.logs, name, rest)
        elif scope.method == "POST" and rest == "objection":
            given = as_object(await read_body(scope, exchange, MAX_CAST_BYTES))
            found = await self._in_desk(lambda: public.object_to(self.desk, name, given))
        else:
            raise Problem("not-found")
        if isinstance(found, File):
            exchange.response_file(200, found.headers, str(found.path))
        else:
            exchange.response_bytes(200, found.headers, found.body)

    def _refuse(self, scope: Scope, exchange: Exchange, problem: Problem) -> None:
        language = language_of(scope.headers.get("accept-language", ""))
        headers = [
            *OPEN,
            ("content-type", "application/problem+json"),
            ("content-language", language),
            ("cache-control", "no-store"),
        ]
        exchange.response_bytes(problem.status, headers, problem.body(language))

    async def _in_desk(self, act: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, act)

    async def _settle(self) -> None:
        """Append batches from time to time; on a full disk again later."""
        pause = SETTLE_SECONDS
        while True:
            await asyncio.sleep(pause)
            begun = time.perf_counter()
            try:
                await self._in_desk(self.desk.settle)
            except (CannotStore, OSError):
                begun = time.perf_counter()
            pause = max(SETTLE_SECONDS, SHARE_OF_TIME * (time.perf_counter() - begun))


async def read_body(scope: Scope, exchange: Exchange, most: int) -> bytes:
    """The body of a request that says beforehand how long it is. Raises Problem: too-long, malformed."""
    length = scope.headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()):
        raise Problem("malformed")
    if int(length) > most:
        raise Problem("too-long")
    return await exchange()


def as_object(body: bytes) -> Mapping[str, Any]:
    """Raises Problem: malformed."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem("malformed") from None
    if not isinstance(value, dict):
        raise Problem("malformed")
    return value
