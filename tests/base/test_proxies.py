"""Whose address is counted when somebody else's server, ours, or a liar stands in between."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from folkmoot.base.proxies import client_address, counted_as
from folkmoot.cases.views.reporting import CLAIMS_AN_HOUR
from tests.factories.island import Island

NGINX = "127.0.0.1"


@pytest.mark.parametrize(
    ("forwarded", "trusted", "client"),
    [
        ("203.0.113.9", 0, None),
        ("203.0.113.9", 1, "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9", 1, "203.0.113.9"),
        ("6.6.6.6,203.0.113.9,10.0.0.1", 2, "203.0.113.9"),
        ("  203.0.113.9  ", 1, "203.0.113.9"),
        ("2001:DB8::1", 1, "2001:db8::1"),
        ("203.0.113.9", 2, None),
        ("", 1, None),
        (",", 1, None),
        ("6.6.6.6, unknown", 1, None),
        ("6.6.6.6, 203.0.113.9:4711", 1, None),
        ("6.6.6.6, <script>", 1, None),
        ("203.0.113.9", -1, None),
    ],
)
def test_client_address_is_the_one_our_servers_saw(forwarded: str, trusted: int, client: str | None) -> None:
    assert client_address(forwarded, trusted) == client


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("::1", "::"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_counted_as_leaves_of_ipv6_the_network(address: str, counted: str) -> None:
    assert counted_as(address) == counted


@pytest.fixture
def strict(settings: Any) -> Any:
    """Limits as in a real place, not as in the demo; counted anew."""
    cache.clear()
    settings.CLOCK_MAY_BE_SET = False
    yield settings
    cache.clear()


def claims(forwarded: list[str]) -> list[int]:
    return [
        Client(REMOTE_ADDR=NGINX, headers={"X-Forwarded-For": each})
        .post("/follow/", {"number": "2026-000000", "claim": "AAAA-AAAA-AAAA"})
        .status_code
        for each in forwarded
    ]


def codes(forwarded: list[str]) -> list[int]:
    """Asking for a sign-in code, each time for another phone."""
    return [
        Client(REMOTE_ADDR=NGINX, headers={"X-Forwarded-For": each})
        .post("/account/login/", {"phone": f"+86138001380{number:02}"})
        .status_code
        for number, each in enumerate(forwarded)
    ]


@pytest.mark.parametrize(("ask", "most"), [(claims, CLAIMS_AN_HOUR), (codes, 20)])
def test_limit_counts_each_visitor_behind_our_server(
    strict: Any, island: Island, ask: Any, most: int
) -> None:
    strict.TRUSTED_PROXIES = 1
    assert 429 not in ask(["203.0.113.9"] * most)
    assert ask(["203.0.113.9"]) == [429]
    assert 429 not in ask(["203.0.113.10"])


@pytest.mark.parametrize(("ask", "most"), [(claims, CLAIMS_AN_HOUR), (codes, 20)])
@pytest.mark.parametrize("trusted", [0, 1])
def test_limit_holds_for_whoever_invents_addresses(
    strict: Any, island: Island, ask: Any, most: int, trusted: int
) -> None:
    strict.TRUSTED_PROXIES = trusted
    seen_by_nginx = ", 203.0.113.9" if trusted else ""
    statuses = ask([f"6.6.6.{number}{seen_by_nginx}" for number in range(most + 1)])
    assert ([status for status in statuses[:most] if status == 429], statuses[most]) == ([], 429)


@pytest.mark.parametrize("broken", ["", "unknown", "203.0.113.9:80", "\x7f"])
def test_limit_holds_where_the_header_says_nothing(strict: Any, island: Island, broken: str) -> None:
    strict.TRUSTED_PROXIES = 1
    assert claims([broken] * (CLAIMS_AN_HOUR + 1))[-1] == 429


@pytest.mark.parametrize(("ask", "most"), [(claims, CLAIMS_AN_HOUR), (codes, 20)])
def test_limit_holds_for_whoever_has_a_whole_network(
    strict: Any, island: Island, ask: Any, most: int
) -> None:
    strict.TRUSTED_PROXIES = 1
    statuses = ask([f"2001:db8:0:1:{number:x}::9" for number in range(most + 1)])
    assert ([status for status in statuses[:most] if status == 429], statuses[most]) == ([], 429)
    assert 429 not in ask(["2001:db8:0:2::9"])


def test_limit_counts_a_network_also_without_a_server_before_ours(strict: Any, island: Island) -> None:
    strict.TRUSTED_PROXIES = 0
    statuses = [
        Client(REMOTE_ADDR=f"2001:db8:0:1::{number:x}")
        .post("/follow/", {"number": "2026-000000", "claim": "AAAA-AAAA-AAAA"})
        .status_code
        for number in range(CLAIMS_AN_HOUR + 1)
    ]
    assert 429 not in statuses[:CLAIMS_AN_HOUR]
    assert statuses[CLAIMS_AN_HOUR] == 429
