"""Signatures checked here and by the process beside: the same answers, each to whoever asked."""

import asyncio
import os
import signal
from dataclasses import replace

import pytest

from folkmoot.ballots.box import control
from folkmoot.ballots.box.checking import Signed, cell_of
from folkmoot.ballots.box.checks import AT_ONCE, FEW, Checks
from folkmoot.ballots.box.reading import read_cast
from tests.ballots.box.voters import make_poll


@pytest.fixture
def asked(desk):
    """More than two groups of ballots, of which every fifth is signed by another's key."""
    poll = make_poll("season", "box.example")
    control.create_poll(desk, poll.creation())
    voters = [*poll.voters(AT_ONCE * 2 + FEW)]
    found = []
    for number, voter in enumerate(voters):
        forger = replace(voter, key=voters[number - 1].key)
        cast = read_cast(voter.request() if number % 5 else forger.request())
        found.append((Signed.of(cast, cell_of(cast, desk.polls)), number))
    return found


def checked(asked, *, beside=False, ended=""):
    """What `tell` is told, in the order of the asking."""
    told = {}

    async def check():
        checks = Checks(told.update)
        try:
            if beside:
                checks.begin_beside()
            if ended == "killed":
                os.kill(checks._beside.process.pid, signal.SIGKILL)
            if ended == "closed":
                checks._beside.close()
            for signed, number in asked:
                checks.add(signed, number)
            async with asyncio.timeout(20):
                while len(told) < len(asked):
                    await asyncio.sleep(0.01)
        finally:
            checks.close()

    asyncio.run(check())
    return [told[number] for _, number in asked]


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
def test_checks_answer_the_same_here_and_beside(asked):
    expected = [number % 5 > 0 for _, number in asked]
    assert checked(asked) == expected
    assert checked(asked, beside=True) == expected


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
@pytest.mark.parametrize("ended", ["killed", "closed"])  # closed: because of the group before
def test_checks_go_on_when_the_process_beside_is_gone(asked, ended):
    assert checked(asked, beside=True, ended=ended) == [number % 5 > 0 for _, number in asked]
