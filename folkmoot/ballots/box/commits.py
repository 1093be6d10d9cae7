"""Group commit: ballots that come while one transaction runs are the next one.

Under load a group is some hundred ballots and costs one write to the disk and one signature; alone, a ballot waits
for nobody. No ballot is answered before the transaction that holds it has been committed.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from folkmoot.ballots.box.desk import Answer
from folkmoot.ballots.box.polls import Cell
from folkmoot.ballots.box.problems import Problem
from folkmoot.ballots.box.reading import Cast
from folkmoot.ballots.box.store import CannotStore

MOST_AT_ONCE = 512

Take = Callable[[Sequence[tuple[Cast, Cell]]], list[Answer]]


class Commits:
    """Gathers ballots and has them taken, group by group, by one thread."""

    def __init__(self, take: Take, thread: Executor) -> None:
        self._take, self._thread = take, thread
        self._waiting: list[tuple[Cast, Cell]] = []
        self._answers: list[asyncio.Future[bytes]] = []
        self._running: asyncio.Task[None] | None = None

    async def add(self, cast: Cast, cell: Cell) -> bytes:
        """The promise, once the ballot is on the disk. Raises Problem."""
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting.append((cast, cell))
        self._answers.append(answer)
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            group, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            asking, self._answers = self._answers[:MOST_AT_ONCE], self._answers[MOST_AT_ONCE:]
            try:
                given = await loop.run_in_executor(self._thread, self._take, group)
            except CannotStore:
                given = ["cannot-store"] * len(group)
            for answer, found in zip(asking, given, strict=True):
                if answer.done():
                    continue  # whoever asked has gone; the ballot is in the box all the same
                if isinstance(found, bytes):
                    answer.set_result(found)
                else:
                    answer.set_exception(Problem(found))
        self._running = None
