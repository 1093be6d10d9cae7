"""Voters who ask until they have their promise, while the box is killed again and again."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from folkmoot_kernel.leaves import Ballot, parse_leaf
from folkmoot_kernel.merkle import leaf_hash
from folkmoot_kernel.promises import KeptPromise, verify_promise
from folkmoot_kernel.tiles import read_entries

from measure.load import Connection
from measure.voting import CONNECTIONS
from tests.ballots.box.running import RunningBox
from tests.ballots.box.voters import TestPoll

LONGEST_LIFE_SECONDS = 0.8  # of a box between two kills


@dataclass
class Kept:
    """Shapes: `promises` are received by a voter; `kept` of them in the log; `doubles` keys with a second ballot."""

    promises: int
    kept: int
    doubles: int


@dataclass
class Voters:
    """Everybody who has not yet got a promise."""

    requests: list[bytes]
    promises: list[bytes] = field(default_factory=list)

    async def vote(self, port: int) -> None:
        """Ask until the box is killed or nobody is left; who got no answer asks again in the next life."""
        connection = Connection(port)
        with contextlib.closing(connection):
            while self.requests:
                request = self.requests.pop()
                try:
                    answer = await connection.ask(request)
                except (OSError, asyncio.IncompleteReadError):
                    self.requests.append(request)
                    return
                except asyncio.CancelledError:
                    self.requests.append(request)
                    raise
                assert answer.status == 200, answer.body
                self.promises.append(answer.body)


def killed(box: RunningBox, poll: TestPoll, requests: Sequence[bytes], kills: int) -> Kept:
    """Kills the box `kills` times under load, at moments of chance; then closes and reads the log."""
    voters, chance = Voters(list(requests)), Random(kills)

    async def lives() -> None:
        for _ in range(kills):
            asking = [asyncio.create_task(voters.vote(box.port)) for _ in range(CONNECTIONS)]
            await asyncio.wait(asking, timeout=chance.uniform(0.05, LONGEST_LIFE_SECONDS))
            box.end(signal.SIGKILL)
            await asyncio.wait(asking)
            await asyncio.to_thread(box.start)
        deadline = time.monotonic() + 60
        while voters.requests and time.monotonic() < deadline:
            await asyncio.wait([asyncio.create_task(voters.vote(box.port)) for _ in range(CONNECTIONS)])

    asyncio.run(lives())
    box.act("POST", f"/{poll.name}/close", {})
    return compared(voters.promises, ballots_of(box, poll), box, poll)


def ballots_of(box: RunningBox, poll: TestPoll) -> list[Ballot]:
    folder = box.config.logs / poll.name
    size = int((folder / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
    leaves = map(parse_leaf, read_entries(size, lambda path: (folder / path).read_bytes()))
    return [leaf for leaf in leaves if isinstance(leaf, Ballot)]


def compared(bodies: Iterable[bytes], ballots: Sequence[Ballot], box: RunningBox, poll: TestPoll) -> Kept:
    promises = [KeptPromise.decode(body) for body in bodies]
    for promise in promises:
        verify_promise(promise, box_key=box.verifiers[poll.name])
    logged = {leaf_hash(ballot.encode()) for ballot in ballots}
    return Kept(
        len(promises),
        sum(promise.leaf in logged for promise in promises),
        len(ballots) - len({ballot.pk for ballot in ballots}),
    )
