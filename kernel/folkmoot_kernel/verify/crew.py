"""Work spread over all cores, and its results in the order in which it was given."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

J = TypeVar("J")
R = TypeVar("R")
D = TypeVar("D")

WAITING_FOR_EACH: Final = (
    3  # jobs given out before their turn: enough to keep a core busy, little to remember
)

_desk: list[Any] = []  # of this process: what its jobs need, made once


class Crew:
    """One process for each core, or none but this one.

    Shapes: `make_desk` with `given` makes what every job needs; both, jobs and results must pickle.
    """

    def __init__(self, make_desk: Callable[[D], object], given: D, *, workers: int) -> None:
        self._workers = workers
        self._own_desk = make_desk(given) if workers <= 1 else None
        self._pool: ProcessPoolExecutor | None = None
        if workers > 1:
            # Here and not above, because processes talk through sockets, and the kernel does without until now.
            from concurrent import futures  # noqa: PLC0415
            from multiprocessing import get_context  # noqa: PLC0415

            # Spawned, not forked: whoever calls may have threads, whose locks a fork would copy as they are.
            self._pool = futures.ProcessPoolExecutor(
                workers, mp_context=get_context("spawn"), initializer=_sit_down, initargs=(make_desk, given)
            )

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def results(self, act: "Callable[[Any, J], R]", jobs: Iterable[J]) -> Iterator[R]:
        if self._pool is None:
            for job in jobs:
                yield act(self._own_desk, job)
            return
        waiting: deque[Future[R]] = deque()
        for job in jobs:
            waiting.append(self._pool.submit(_at_desk, act, job))
            if len(waiting) > WAITING_FOR_EACH * self._workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _sit_down(make_desk: "Callable[[Any], object]", given: object) -> None:
    _desk[:] = [make_desk(given)]


def _at_desk(act: "Callable[[Any, J], R]", job: J) -> R:
    return act(_desk[0], job)
