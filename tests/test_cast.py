"""The standing cast is what the other tests believe it is."""

import socket

import pytest
from django.conf import settings
from django.db import connection
from pytest_socket import SocketConnectBlockedError

from folkmoot.base import clock
from folkmoot.people.models import Person, Post
from tests.factories.island import Island


def test_island_has_every_level(island: Island) -> None:
    assert island["T"].below == {"30": 2, "40": 4, "50": 8}
    assert [island[code].pk for code in ("D", "T", "V1", "G11", "U111")] == island["U111"].ancestor_ids


def test_cast_holds_its_posts(island: Island) -> None:
    holders = {post.pk: post.tenures.get().person for post in Post.objects.filter(vacant_since=None)}
    assert holders[island.secretary.pk] == island.bei
    assert holders[island.unit_chief.pk] == island.hua
    assert len(holders) == 10
    assert Person.objects.filter(account__is_operator=True).get() == island.operator


def test_clock_stands_at_local_time(at) -> None:
    at("2026-11-20 09:00")
    assert clock.now().isoformat() == "2026-11-20T09:00:00+08:00"
    assert clock.today().isoformat() == "2026-11-20"


def test_clock_runs_again_after_the_test() -> None:
    assert clock._fixed is None


def test_network_stops_at_loopback() -> None:
    with (
        pytest.warns(UserWarning, match=r"192\.0\.2\.1"),
        pytest.raises(SocketConnectBlockedError),
        socket.socket() as outside,
    ):
        outside.connect(("192.0.2.1", 80))


def test_suite_writes_into_its_own_folder() -> None:
    assert settings.DATA_DIR.name.startswith("folkmoot-test-")
    assert (settings.KEYS_DIR / "field.keys").exists()
    assert connection.vendor in {"sqlite", "postgresql"}
