"""Boxes on both databases, and polls in them."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from folkmoot.ballots.box.config import Config
from folkmoot.ballots.box.desk import Desk
from tests.ballots.box.running import RunningBox, make_keys, running_box
from tests.ballots.box.voters import TestPoll, make_poll

DATABASES = ["sqlite", "postgresql"]
NUMBERS = count(1)


def database_url(request: pytest.FixtureRequest, kind: str) -> str:
    return request.getfixturevalue("postgres_databases").fresh() if kind == "postgresql" else ""


@pytest.fixture(scope="module", params=DATABASES)
def box(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBox]:
    """One box for the tests of a file; each test has polls of its own."""
    with running_box(tmp_path_factory.mktemp("box"), database_url(request, request.param)) as running:
        yield running


@pytest.fixture(params=DATABASES)
def own_box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningBox]:
    """A box that a test may kill."""
    with running_box(tmp_path, database_url(request, request.param)) as running:
        yield running


@pytest.fixture(params=DATABASES)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """What a worker does with its database, without the doors; its clock is `desk.set_clock`."""
    make_keys(tmp_path)
    environment = {
        "DATA_DIR": str(tmp_path),
        "BOX_ORIGIN": "http://box.example",
        "BALLOT_DATABASE_URL": database_url(request, request.param),
    }
    made = Desk(Config.of(environment))
    yield made
    made.close()


@pytest.fixture
def poll(box: RunningBox) -> TestPoll:
    """An open one-phase poll of two papers and two strata, with five slips."""
    return box.begin(new_poll(box.host, papers=2, slips=5))


def new_poll(host: str, **chosen: object) -> TestPoll:
    return make_poll(f"poll-{next(NUMBERS)}", host, **chosen)


Begin = Callable[..., TestPoll]


@pytest.fixture
def begin(box: RunningBox) -> Begin:
    """Opens further polls."""
    return lambda opened=True, **chosen: box.begin(new_poll(box.host, **chosen), opened=opened)
