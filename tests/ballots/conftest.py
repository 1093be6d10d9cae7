"""A real box on a free port, keys made once, and a small place whose people vote."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings

from folkmoot.ballots import boxes, services
from folkmoot.ballots.models import TokenKey
from folkmoot.ballots.services import slips as slip_services
from folkmoot.ballots.services.clock import fresh_key
from folkmoot.base.actors import Actor
from tests.ballots.box.running import RunningBox, free_port, running_box
from tests.factories.ballots import RecordedChance, Voting, make_open_voting, make_voting
from tests.factories.island import Island
from tests.second_place import SecondPlace, second_place

POOLED = 9  # three papers of three groups


@pytest.fixture(scope="session")
def ballot_box() -> Iterator[RunningBox]:
    """The ballot box beside this run, with its data folder and keys; polls of all tests lie in it."""
    with running_box(settings.DATA_DIR) as running:
        former = settings.BOX_PORT, settings.BOX_ORIGIN
        settings.BOX_PORT, settings.BOX_ORIGIN = running.port, f"http://{running.host}"
        boxes._secret.cache_clear()
        yield running
        settings.BOX_PORT, settings.BOX_ORIGIN = former
        boxes._secret.cache_clear()


@pytest.fixture(scope="session")
def committee() -> Iterator[SecondPlace]:
    """Another installation with its own people, in a process of its own: the second registrar."""
    with second_place(free_port()) as running:
        yield running


@pytest.fixture(scope="session")
def key_pool() -> list[TokenKey]:
    """Real RSA keys, made once for all tests: making one takes a fifth of a second."""
    return [fresh_key() for _number in range(POOLED)]


@pytest.fixture
def pool(db: None, key_pool: list[TokenKey]) -> list[TokenKey]:
    """The keys in the pool of this test's database."""
    rows = [TokenKey(private=key.private, public=key.public) for key in key_pool]
    return TokenKey.objects.bulk_create(rows)


@pytest.fixture
def printed(pool: list[TokenKey], monkeypatch: pytest.MonkeyPatch) -> RecordedChance:
    """What chance gave to the codes of slips, which stand nowhere else; the pool is filled too."""
    chance = RecordedChance()
    monkeypatch.setattr(slip_services, "token_bytes", chance)
    monkeypatch.setattr(slip_services.SystemRandom, "shuffle", lambda _self, _codes: None)
    return chance


@pytest.fixture
def bei(acting: Callable[..., Actor]) -> Actor:
    """The organiser: secretary of North Cove."""
    return acting("bei", "secretary")


@pytest.fixture
def voting(island: Island, bei: Actor) -> Callable[..., Voting]:
    """A draft with one paper and the groups asked for; see tests/factories/ballots.py."""

    def make(roll: dict[str, int] | None = None, **said: Any) -> Voting:
        return make_voting(island["V1"], bei, roll or {"residents": 20}, **said)

    return make


@pytest.fixture
def open_poll(
    island: Island, bei: Actor, pool: list[TokenKey], ballot_box: RunningBox
) -> Callable[..., Voting]:
    """An open poll of North Cove, opened: `open_poll(12, population=40)`; the clock may be set before."""

    def make(people: int = 12, **said: Any) -> Voting:
        made = make_open_voting(island["V1"], bei, people, home=island["U111"], **said)
        made.open_poll()
        made.reload()
        return made

    return make


@pytest.fixture
def hand_counted(voting, pool, ballot_box: RunningBox, settings, tmp_path) -> Voting:
    """Closed; 6 hand papers were given out."""
    settings.MEDIA_ROOT = tmp_path
    made: Voting = voting(
        {"residents": 20}, channels={"has_tokens": True, "has_hand": True}, objection_hours=0
    )
    made.open_poll()
    for entry in made.entries("residents")[:6]:
        services.give_hand_paper(actor=made.chair, entry=entry)
    made.open_casting()
    made.close_poll()
    return made
