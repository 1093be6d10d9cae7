"""Group commit in one process: full disks, answers after the commit only."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from folkmoot.ballots.box import control
from folkmoot.ballots.box.checking import cell_of
from folkmoot.ballots.box.commits import Commits
from folkmoot.ballots.box.problems import Problem
from folkmoot.ballots.box.reading import read_cast
from tests.ballots.box.voters import make_poll


@pytest.fixture
def season(desk):
    poll = make_poll("season", "box.example")
    control.create_poll(desk, poll.creation())
    control.open_casting(desk, "season", {"paper": "*"})
    return poll


def ballots(desk, poll, count):
    casts = [read_cast(voter.request()) for voter in poll.voters(count)]
    return [(cast, cell_of(cast, desk.polls)) for cast in casts]


def waiting(desk):
    [(count,)] = desk.database.rows("SELECT count(*) FROM waiting")
    return count


def test_commits_answer_after_the_commit_only_and_gather_what_comes_meanwhile(desk, season):
    """While one transaction is held up nobody is answered, and all who come are the next one."""
    groups, go_on = [], threading.Event()

    def take(casts):
        go_on.wait(10)
        groups.append(len(casts))
        return desk.take(casts)

    async def vote():
        with ThreadPoolExecutor(1) as thread:
            commits = Commits(take, thread)
            asking = [asyncio.create_task(commits.add(*each)) for each in ballots(desk, season, 12)]
            await asyncio.sleep(0.2)
            assert [task.done() for task in asking] == [False] * 12
            go_on.set()
            return await asyncio.gather(*asking)

    promises = asyncio.run(vote())
    assert (len(set(promises)), waiting(desk)) == (12, 12)
    assert (sum(groups), len(groups) <= 2) == (12, True)


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)  # PostgreSQL's disk is not ours to fill
def test_commits_say_that_the_disk_is_full_and_heal(desk, season, caplog):
    [(pages,)] = desk.database.rows("PRAGMA page_count")
    limits = (pages + 4, 1 << 30)
    votes = ballots(desk, season, 60)

    async def vote(some):
        with ThreadPoolExecutor(1) as thread:
            commits = Commits(desk.take, thread)
            return await asyncio.gather(*(commits.add(*each) for each in some), return_exceptions=True)

    desk.database.run(f"PRAGMA max_page_count={limits[0]}")
    answers = asyncio.run(vote(votes))
    refused = [answer.key for answer in answers if isinstance(answer, Problem)]
    assert set(refused) == {"cannot-store"}
    assert waiting(desk) == len(answers) - len(refused)
    assert [record.getMessage() for record in caplog.records] == [
        "the box cannot store ballots: database or disk is full"
    ]
    desk.database.run(f"PRAGMA max_page_count={limits[1]}")
    assert all(isinstance(answer, bytes) for answer in asyncio.run(vote(votes)))
    assert waiting(desk) == 60


def test_commits_wake_everybody_when_something_breaks(desk, season):
    def take(_casts):
        raise RuntimeError("broken")

    async def vote():
        with ThreadPoolExecutor(1) as thread:
            [ballot] = ballots(desk, season, 1)
            return await asyncio.gather(Commits(take, thread).add(*ballot), return_exceptions=True)

    [answer] = asyncio.run(vote())
    assert isinstance(answer, RuntimeError)
