"""Load over HTTP/1.1 with connections that stay open: so many at once, or so many a second.

One small generator of our own instead of wrk: it holds a rate, sends forms, and counts any percentile, and it is
the same on every machine, so that ratios to a floor measured with it can be compared.
"""

import asyncio
import gc
import itertools
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tally:
    """What came back. Units: seconds."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    unexpected: int = 0  # answers with another status than expected, and broken connections

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile_ms(self, percent: float) -> float:
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


@dataclass(frozen=True)
class Answer:
    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """The first header of this name; empty when there is none."""
        wanted = name.lower().encode() + b":"
        for line in self.head.split(b"\r\n")[1:]:
            if line.lower().startswith(wanted):
                return line[len(wanted) :].strip().decode("latin-1")
        return ""


class Connection:
    """One connection that asks again and again. `source` is the address that it comes from."""

    def __init__(self, port: int, source: str = "127.0.0.1") -> None:
        self.port, self.source = port, source
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, request: bytes) -> Answer:
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(
                "127.0.0.1", self.port, local_addr=(self.source, 0), limit=1 << 22
            )
        assert self.reader is not None
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        answer = Answer(int(head[9:12]), head, b"")
        length = answer.header("content-length")
        body = await self.reader.readexactly(int(length)) if length else await self._chunks(answer)
        return Answer(answer.status, head, body)

    async def _chunks(self, answer: Answer) -> bytes:
        assert self.reader is not None
        body = b""
        if answer.header("transfer-encoding").lower() != "chunked":
            return body
        while size := int((await self.reader.readline()).split(b";")[0], 16):
            body += await self.reader.readexactly(size)
            await self.reader.readexactly(2)
        await self.reader.readexactly(2)
        return body

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
            self.reader = self.writer = None


def get(path: str, port: int, cookies: str = "") -> bytes:
    """A GET request as bytes."""
    cookie = f"Cookie: {cookies}\r\n" if cookies else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n{cookie}\r\n".encode()


def post(path: str, port: int, body: bytes, cookies: str = "") -> bytes:
    """A POST of a form as bytes."""
    cookie = f"Cookie: {cookies}\r\n" if cookies else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n{cookie}"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


# One connection's work until a deadline: it times its requests into the tally.
Visit = Callable[[Tally, float], Awaitable[None]]


def visitors(visits: Sequence[Visit], *, seconds: float) -> Tally:
    """All visits at once, each until the time is over."""

    async def together() -> Tally:
        tally, begun = Tally(), time.perf_counter()
        await asyncio.gather(*(visit(tally, begun + seconds) for visit in visits))
        tally.seconds = time.perf_counter() - begun
        return tally

    return run(together)


def closed(port: int, requests: Iterable[bytes], *, connections: int, seconds: float) -> Tally:
    """`connections` that each wait for the answer before they ask again; the requests go round."""
    turn = itertools.cycle(list(requests))

    async def visit(tally: Tally, deadline: float) -> None:
        connection = Connection(port)
        while time.perf_counter() < deadline:
            await timed(connection, next(turn), tally)
        connection.close()

    return visitors([visit] * connections, seconds=seconds)


def steady(port: int, requests: Iterable[bytes], *, rate: float, seconds: float) -> Tally:
    """`rate` requests a second whether or not the server keeps up; waiting for a free connection counts too."""
    turn = itertools.cycle(list(requests))

    async def one(tally: Tally, free: "asyncio.Queue[Connection]") -> None:
        begun = time.perf_counter()
        connection = await free.get()
        await timed(connection, next(turn), tally, begun=begun)
        free.put_nowait(connection)

    async def together() -> Tally:
        tally, begun = Tally(), time.perf_counter()
        free: asyncio.Queue[Connection] = asyncio.Queue()
        for _ in range(64):
            free.put_nowait(Connection(port))
        tasks = []
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(one(tally, free)))
        await asyncio.gather(*tasks)
        tally.seconds = time.perf_counter() - begun
        return tally

    return run(together)


async def timed(
    connection: Connection, request: bytes, tally: Tally, *, status: int = 200, begun: float = 0.0
) -> Answer | None:
    """One request with its time; None when the connection broke."""
    begun = begun or time.perf_counter()
    try:
        answer = await connection.ask(request)
    except (OSError, asyncio.IncompleteReadError):
        connection.close()
        tally.unexpected += 1
        return None
    tally.latencies.append(time.perf_counter() - begun)
    tally.unexpected += answer.status != status
    return answer


def run(together: Callable[[], Coroutine[Any, Any, Tally]]) -> Tally:
    """Runs the load with the garbage collector at rest, so that its pauses are not taken for the server's."""
    gc.collect()
    gc.disable()
    try:
        return asyncio.run(together())
    finally:
        gc.enable()


def once(port: int, request: bytes) -> Answer:
    """One request on a connection of its own."""

    async def ask() -> Answer:
        connection = Connection(port)
        answer = await connection.ask(request)
        connection.close()
        return answer

    return asyncio.run(ask())
