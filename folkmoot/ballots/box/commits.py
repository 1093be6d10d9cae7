"""Group commit: ballots that come while one transaction runs are the next one.

Under load a group is some dozens of ballots and costs one write to the disk and one signature; alone, a ballot waits
for nobody. No ballot is answered before the transaction that holds it has been committed.

The thread that commits takes the next group by itself: it does not wait for the loop that reads requests, which may
have a hundred signatures to check before its turn comes again.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from folkmoot.ballots.box.checking import Signed
from folkmoot.ballots.box.checks import Checks
from folkmoot.ballots.box.desk import Answer
from folkmoot.ballots.box.polls import Cell
from folkmoot.ballots.box.problems import Problem
from folkmoot.ballots.box.reading import Cast
from folkmoot.ballots.box.store import CannotStore

MOST_AT_ONCE = 512

Take = Callable[[Sequence[tuple[Cast, Cell]]], list[Answer]]
Asking = tuple[Cast, Cell, "asyncio.Future[bytes]"]


class Commits:
    """Has ballots checked, gathers those that pass, and has them taken, group by group, by one thread."""

    def __init__(self, take: Take, thread: Executor) -> None:
        self._take, self._thread = take, thread
        self._waiting: deque[Asking] = deque()
        self._is_due = False
        self.checks: Checks[Asking] = Checks(self._checked)

    async def add(self, cast: Cast, cell: Cell) -> bytes:
        """The promise, once the ballot is on the disk. Raises Problem."""
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.checks.add(Signed.of(cast, cell), (cast, cell, answer))
        return await answer

    def _checked(self, group: Sequence[tuple[Asking, bool]]) -> None:
        for asking, is_signed in group:
            if is_signed:
                self._waiting.append(asking)
            else:
                give([asking[2]], ["refused"])
        if self._waiting:
            self._call()

    def _call(self) -> None:
        """Have the next group taken, unless that is on its way. A call too many finds nothing and does nothing."""
        if not self._is_due:
            self._is_due = True
            self._thread.submit(self._take_group)

    def _take_group(self) -> None:
        self._is_due = False
        group = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
        if not group:
            return
        found: Sequence[Answer | Exception]
        try:
            found = self._take([(cast, cell) for cast, cell, _ in group])
        except CannotStore:
            found = ["cannot-store"] * len(group)
        except Exception as error:  # whatever it is, nobody shall wait for ever
            found = [error] * len(group)
        group[0][2].get_loop().call_soon_threadsafe(give, [answer for _, _, answer in group], found)
        if self._waiting:
            self._call()  # behind what the registrar asks meanwhile


def give(answers: Sequence["asyncio.Future[bytes]"], found: Sequence[Answer | Exception]) -> None:
    """Wake those who wait."""
    for answer, given in zip(answers, found, strict=True):
        if answer.done():
            continue  # whoever asked has gone; the ballot is in the box all the same
        if isinstance(given, bytes):
            answer.set_result(given)
        else:
            answer.set_exception(Problem(given) if isinstance(given, str) else given)
