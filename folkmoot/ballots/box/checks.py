"""The signatures of ballots are checked here when few come, and by a process beside this one when many do.

They take most of a ballot's time, and while they are checked here nothing is read, answered or committed. Where a box
has several workers, these are beside one another already.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Generic, TypeVar

from folkmoot.ballots.box.beside import Beside, are_signed
from folkmoot.ballots.box.checking import Signed

FEW: Final = 4  # checked here, in less time than another process would take to begin
AT_ONCE: Final = 64
AWAY: Final = 2  # groups given out: the second begins while the answers of the first are taken in

A = TypeVar("A")


class Checks(Generic[A]):
    """Shapes: with each ballot comes an `asking`, which `tell` is given back with whether all its signatures fit."""

    def __init__(self, tell: Callable[[Sequence[tuple[A, bool]]], None]) -> None:
        self._tell = tell
        self._waiting: deque[tuple[Signed, A]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_called = False
        self._beside: Beside | None = None
        self._line = ThreadPoolExecutor(1, thread_name_prefix="beside")

    def begin_beside(self) -> None:
        """Have the other process ready before the first rush."""
        self._beside = Beside()

    def close(self) -> None:
        if self._beside:
            self._beside.close()
        self._line.shutdown(wait=False, cancel_futures=True)

    def add(self, signed: Signed, asking: A) -> None:
        self._waiting.append((signed, asking))
        if not self._is_called:
            self._is_called = True
            asyncio.get_running_loop().call_soon(self._give_out)  # after all that came with it

    def _give_out(self) -> None:
        self._is_called = False
        while self._waiting and len(self._tasks) < AWAY:
            group = [self._waiting.popleft() for _ in range(min(len(self._waiting), AT_ONCE))]
            if self._beside is None or len(group) <= FEW:
                self._take_in(group, are_signed([signed for signed, _ in group]))
            else:
                task = asyncio.create_task(self._check_beside(self._beside, group))
                self._tasks.add(task)
                task.add_done_callback(self._come_back)

    def _come_back(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._give_out()

    async def _check_beside(self, beside: Beside, group: Sequence[tuple[Signed, A]]) -> None:
        asked = [signed for signed, _ in group]
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._line, beside.are_signed, asked)
        except (OSError, ValueError):  # somebody killed it, or it was closed because of the group before
            found = are_signed(asked)
            if self._beside is beside:
                beside.close()
                self.begin_beside()
        self._take_in(group, found)

    def _take_in(self, group: Sequence[tuple[Signed, A]], found: Sequence[bool]) -> None:
        self._tell([(asking, each) for (_, asking), each in zip(group, found, strict=True)])
