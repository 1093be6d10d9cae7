"""SIGKILL at any moment: every promise that somebody holds is kept, and nothing counts twice."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from folkmoot_kernel.leaves import Ballot, parse_leaf
from folkmoot_kernel.merkle import leaf_hash
from folkmoot_kernel.promises import KeptPromise, verify_promise
from folkmoot_kernel.tiles import read_entries

from tests.ballots.box.conftest import new_poll

CLIENTS = 8
KILLS = 3


def ballots_of(box, poll):
    publication_folder = box.config.logs / poll.name
    size = int((publication_folder / "checkpoint").read_text().split("\n")[1])
    entries = read_entries(size, lambda path: (publication_folder / path).read_bytes())
    return [leaf for leaf in map(parse_leaf, entries) if isinstance(leaf, Ballot)]


def test_every_promise_is_kept_through_kills(own_box):
    poll = own_box.begin(new_poll(own_box.host, roll_size=1_000))
    requests = [voter.request() for voter in poll.voters(240)]
    promises = []

    def cast(request):
        """As a booth does: asks again until it has its promise."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                answer = own_box.cast(request)
            except (OSError, ValueError):
                time.sleep(0.05)
                continue
            assert answer.status == 200, answer.body
            promises.append(answer.body)
            return
        raise AssertionError("the box did not come back")

    with ThreadPoolExecutor(CLIENTS) as pool:
        casting = [pool.submit(cast, request) for request in requests]
        for kill in range(1, KILLS + 1):
            while len(promises) < kill * len(requests) // (KILLS + 1):
                time.sleep(0.005)
            own_box.end(signal.SIGKILL)
            own_box.start()
        for each in casting:
            each.result()
    own_box.act("POST", f"/{poll.name}/close", {})
    ballots = ballots_of(own_box, poll)
    logged = {leaf_hash(ballot.encode()) for ballot in ballots}
    kept = [KeptPromise.decode(body) for body in promises]
    for each in kept:
        verify_promise(each, box_key=own_box.verifiers[poll.name])
    assert {each.leaf for each in kept} - logged == set()
    assert len({ballot.pk for ballot in ballots}) == len(ballots) == len(requests)


def test_one_worker_that_dies_is_replaced_and_keeps_its_word(own_box):
    poll = own_box.begin(new_poll(own_box.host))
    first, second = (voter.request() for voter in poll.voters(2))
    kept = KeptPromise.decode(own_box.cast(first).body)
    main = own_box.process.pid
    worker = max(map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split()))
    os.kill(worker, signal.SIGKILL)
    for _ in range(200):
        try:
            if own_box.cast(second).status == 200:
                break
        except OSError:
            time.sleep(0.05)
    accepted = own_box.act("POST", f"/{poll.name}/close", {})
    assert [channels["token"] for strata in accepted.values() for channels in strata.values()] == [2, 0]
    assert kept.leaf in {leaf_hash(ballot.encode()) for ballot in ballots_of(own_box, poll)}
