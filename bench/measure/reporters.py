"""Reporters at the doors of a running server: the three forms, the counter, another app."""

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random
from urllib.parse import urlencode

from measure.load import Answer, Connection, Tally, get, post, timed, visitors

REPORTS_OF_ONE_ADDRESS = 20  # in an hour: folkmoot.cases.views.reporting
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
WORDS = "The lamp by the pier has been dark for three nights, and people fall over the steps."


def addresses() -> Iterator[str]:
    """Loopback has sixteen million addresses: each reporter comes from her own."""
    return (f"127.{n >> 16 & 255 | 1}.{n >> 8 & 255}.{n & 255}" for n in count(2))


@dataclass
class Place:
    """What reporters choose from. Shapes: codes of areas, and of categories that ask nothing further."""

    areas: list[str]
    categories: list[str]
    chance: Random
    sources: Iterator[str] = field(default_factory=addresses)

    def form(self) -> dict[str, str]:
        return {
            "text": f"{WORDS} ({self.chance.random():.6f})",
            "category": self.chance.choice(self.categories),
        }


class Reporter:
    """One browser: its connection, its CSRF cookie, and the drafts that wait to be sent."""

    def __init__(self, port: int, place: Place, cookies: str = "") -> None:
        self.port, self.place, self.cookies = port, place, cookies
        self.connection, self.token = Connection(port), ""
        self.drafts: deque[str] = deque()

    async def enter(self, path: str) -> None:
        """Opens a form once, for the token that later forms carry too."""
        answer = await self.connection.ask(get(path, self.port, self.cookies))
        found = TOKEN.search(answer.body)
        if answer.status != 200 or found is None:
            raise SystemExit(f"{path} answered {answer.status} without a form")
        self.token = found[1].decode()
        cookie = answer.header("set-cookie").split(";")[0]
        self.cookies = "; ".join(filter(None, [self.cookies, cookie]))

    def filled(self, path: str, **form: str) -> bytes:
        body = urlencode({"csrfmiddlewaretoken": self.token} | form).encode()
        return post(path, self.port, body, self.cookies)

    async def draft(self, source: str) -> None:
        """Steps 1 and 2, from an address that has not reported too often."""
        if self.connection.source != source:
            self.connection.close()
            self.connection.source = source
        first = await self.connection.ask(self.filled("/report/", **self.place.form()))
        where = moved_to(first)
        area = self.place.chance.choice(self.place.areas)
        second = await self.connection.ask(self.filled(where, place_text="by the pier", area=area))
        self.drafts.append(moved_to(second))

    async def send(self, tally: Tally) -> None:
        """Step 3: the case."""
        form = self.filled(self.drafts.popleft(), publicity="public")
        await timed(self.connection, form, tally, status=302)


def moved_to(answer: Answer) -> str:
    if answer.status != 302:
        raise SystemExit(f"a form answered {answer.status} instead of leading on: {answer.body[:600]!r}")
    return answer.header("location")


def drafts(port: int, place: Place, *, connections: int, total: int) -> list[Reporter]:
    """Reporters who have filled in the first two forms so often that `total` reports wait."""
    reporters = [Reporter(port, place) for _ in range(connections)]

    async def prepare(reporter: Reporter) -> None:
        await reporter.enter("/report/")
        for number in range(-(-total // connections)):
            if number % REPORTS_OF_ONE_ADDRESS == 0:
                source = next(place.sources)
            await reporter.draft(source)
        # An idle connection of another run loop is of no use.
        reporter.connection.close()

    async def all_at_once() -> None:
        await asyncio.gather(*(prepare(reporter) for reporter in reporters))

    asyncio.run(all_at_once())
    return reporters


def send_all(reporters: list[Reporter]) -> Tally:
    """All drafts, each sent once."""

    def visit(reporter: Reporter) -> Callable[[Tally, float], Awaitable[None]]:
        async def send(tally: Tally, _deadline: float) -> None:
            while reporter.drafts:
                await reporter.send(tally)
            reporter.connection.close()

        return send

    return visitors([visit(reporter) for reporter in reporters], seconds=0)


def whole_reports(port: int, place: Place, *, connections: int, seconds: float) -> Tally:
    """The three forms again and again; the time of a report is that of all three."""

    async def visit(tally: Tally, deadline: float) -> None:
        loop = asyncio.get_running_loop()
        reporter, number = Reporter(port, place), 0
        await reporter.enter("/report/")
        while loop.time() < deadline:
            if number % REPORTS_OF_ONE_ADDRESS == 0:
                source = next(place.sources)
            begun, number = loop.time(), number + 1
            await reporter.draft(source)
            steps = Tally()
            await reporter.send(steps)
            tally.latencies.append(loop.time() - begun)
            tally.unexpected += steps.unexpected
        reporter.connection.close()

    return visitors([visit] * connections, seconds=seconds)


def at_desk(port: int, place: Place, cookies: str, *, connections: int, seconds: float) -> Tally:
    """The one form at the counter, again and again."""

    async def visit(tally: Tally, deadline: float) -> None:
        loop = asyncio.get_running_loop()
        reporter = Reporter(port, place, cookies)
        await reporter.enter("/desk/")
        while loop.time() < deadline:
            area = place.chance.choice(place.areas)
            key = f"{place.chance.getrandbits(64):x}"
            form = reporter.filled("/desk/", channel="counter", place=area, sent_key=key, **place.form())
            await timed(reporter.connection, form, tally)
        reporter.connection.close()

    return visitors([visit] * connections, seconds=seconds)


def by_app(port: int, place: Place, key: str, *, connections: int, seconds: float) -> Tally:
    """POST requests of another app, from so many servers that none goes over its limit."""

    async def visit(tally: Tally, deadline: float) -> None:
        loop = asyncio.get_running_loop()
        connection = Connection(port, next(place.sources))
        while loop.time() < deadline:
            await timed(connection, open311_request(port, place, key), tally)
        connection.close()

    return visitors([visit] * connections, seconds=seconds)


def open311_request(port: int, place: Place, key: str) -> bytes:
    form = place.form()
    body = {
        "api_key": key, "service_code": form["category"], "description": form["text"],
        "address_id": place.chance.choice(place.areas), "first_name": "Amal",
    }  # fmt: skip
    return post("/open311/v2/requests.json", port, urlencode(body).encode())
