"""Fixtures for every test. What only one app needs stands in tests/<app>/conftest.py."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime

import pytest
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.cases.rulebook import forget_rulebook
from folkmoot.people.models import Person, Post
from tests.chromium import browser  # noqa: F401  (a fixture for all)
from tests.factories.cases import actor_of
from tests.factories.island import Island, make_island


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--screenshots", action="store_true", help="keep a picture of every page in screenshots/"
    )


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Rate limits, cached counts and the rules of a place of one test never reach the next."""
    yield
    cache.clear()
    forget_rulebook()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A page asked for in Chinese leaves its language behind in this thread: no other test shall find it."""
    with override("en"):
        yield


@pytest.fixture
def at() -> Iterator[Callable[[str], datetime]]:
    """Sets the clock until the end of the test: `at("2026-11-20 09:00")`, in the time zone of the place."""
    with ExitStack() as held:

        def set_clock(moment: str) -> datetime:
            local = datetime.fromisoformat(moment).replace(tzinfo=timezone.get_default_timezone())
            held.enter_context(clock.set_to(local))
            return local

        yield set_clock


@pytest.fixture
def island(db: None) -> Island:
    """A small place with the standing cast; see tests/factories/island.py."""
    return make_island()


@pytest.fixture
def acting(island: Island) -> Callable[..., Actor]:
    """The actor of a name of the cast, through the post of a name: `acting("bei", "secretary")`."""

    def act(name: str, post: str | None = None) -> Actor:
        return actor_of(island.people[name], island.posts[post] if post else None)

    return act


@pytest.fixture
def one_connection(db: None) -> Iterator[None]:
    """A request through WSGI leaves the connection of the test alone, as those of Django's client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def signed_in(person: Person, post: Post | None = None) -> Client:
    """A browser in which `person` is signed in and acts through `post`."""
    client = Client()
    client.force_login(person.account)
    if post is not None:
        session = client.session
        session["acting_post"] = post.pk
        session.save()
    return client


@pytest.fixture
def as_amal(island: Island) -> Client:
    """Amal, a resident of the first unit."""
    return signed_in(island.amal)


@pytest.fixture
def as_bei(island: Island) -> Client:
    """Bei, secretary of the first village."""
    return signed_in(island.bei, island.secretary)


@pytest.fixture
def as_chen(island: Island) -> Client:
    """Chen, officer of the township."""
    return signed_in(island.chen, island.officer)


@pytest.fixture
def as_dou(island: Island) -> Client:
    """Dou, a stranger: an account, no post, no home here."""
    return signed_in(island.dou)


@pytest.fixture
def as_guo(island: Island) -> Client:
    """Guo, chief of the first grid."""
    return signed_in(island.guo, island.grid_chief)


@pytest.fixture
def as_hua(island: Island) -> Client:
    """Hua, chief of the first unit."""
    return signed_in(island.hua, island.unit_chief)


@pytest.fixture
def as_jin(island: Island) -> Client:
    """Jin, head of the water department."""
    return signed_in(island.jin, island.water_head)


@pytest.fixture
def as_lin(island: Island) -> Client:
    """Lin, the second officer of the township: an appointment needs two persons."""
    return signed_in(island.lin, island.second_officer)


@pytest.fixture
def as_operator(island: Island) -> Client:
    """The operator, who holds no post."""
    return signed_in(island.operator)
