"""Requests that no browser sends: broken bodies, cookies, queries and addresses. Never a fault of ours."""

import re
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client, TestCase
from django.urls import reverse

from tests.architecture.addresses import addresses
from tests.architecture.samples import Samples
from tests.conftest import signed_in
from tests.factories.island import Island, make_island
from tests.fuzz.budget import TIMES
from tests.fuzz.pages import read_to_its_end

LONG = "x" * 100_000
QUERIES = [
    "page=-1", "page=0", f"page={'9' * 30}", "page=abc", "page=%D9%A3", "page=1&page=2", "page=%00",
    "%ED%A0%80=%FF", "%00=%00", "&".join(["x=1"] * 600), "lat=nan&lon=inf", "lat=1e999&lon=1", "lat=91&lon=181",
    "place=%00&about=%00", f"about={'9' * 30}&place=..%2F..", f"q={LONG}", "q=%E2%80%AE%F0%9F%91%A9",
    f"state={LONG}&category=%27&area=*", "next=//elsewhere.example", "=&=&;&%&%%&%zz",
]  # fmt: skip
COOKIES = [
    'sessionid="\\000\\000aaaaaaaaaa"', f"sessionid={LONG[:8000]}", "sessionid=;sessionid=;=;;;", "sessionid=../../etc",
    "django_language=%00", f"django_language={LONG[:8000]}", 'messages="[[&quot;bad"', "csrftoken=%%%", "\x80\xff=\xfe",
]  # fmt: skip
LANGUAGES = ["*", "zh-" + LONG[:3000], "en;q=nan, zh;q=-1", ",,,;;;===", "../../etc", "zh-Hans\u00ff"]
FORM = "application/x-www-form-urlencoded"
BODIES: list[tuple[str, bytes]] = [
    ("multipart/form-data", b"--x\r\n\r\n"),
    ("multipart/form-data; boundary=", b"--\r\n\r\n--"),
    ("multipart/form-data; boundary=" + "b" * 300, b"--b\r\n"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nhalf'),
    ("multipart/form-data; boundary=x", b"--y\r\n\r\nother\r\n--y--"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\r\n\r\n1\r\n--x--"),
    (
        "multipart/form-data; boundary=x",
        (
            b'--x\r\nContent-Disposition: form-data; name="photos"; filename="a"\r\n'
            b"Content-Transfer-Encoding: base64\r\n\r\n!!!!\r\n--x--\r\n"
        ),
    ),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="text"; filename="\x00\xff/../a"\r\n\r\nx\r\n--x--\r\n',
    ),
    (FORM, b"text=%FF%FE&\xff\xfe=\xff"),
    (FORM, b"text=%ED%A0%80&number=%00&category=%00"),
    (FORM, b"&".join([b"x=1"] * 600)),
    (FORM, b"text=" + b"x" * 3_000_000),
    (f"{FORM}; charset=utf-16", "text=a".encode("utf-16")),
    (f"{FORM}; charset=nonsense", b"text=a"),
    ("application/json", b'{"text": "\\ud800"}'),
    ("", b"text=a"),
    ("/", b"\x00\xff"),
]
LENGTHS = ["abc", "-1", "", "1e3", "0x10", "٣"]
IN_PLACE = [
    "9223372036854775808",
    "1" + "0" * 40,
    "-1",
    "0",
    "x" * 3000,
    "%00",
    "%ED%A0%80",
    "..%2F..",
    "%25",
    "人",
    "%0A",
]


@pytest.mark.django_db
class TestRequests(TestCase):
    island: ClassVar[Island]
    paths: ClassVar[list[str]]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.island = make_island()
        samples = Samples(cls.island)
        cls.paths = [
            reverse(address.name, kwargs=parameters)
            for address in addresses()
            for parameters in samples.of(address)[:1]
        ]

    def test_queries_are_no_fault_of_ours(self) -> None:
        self.check(QUERIES, lambda client, path, query: client.get(f"{path}?{query}"))

    def test_cookies_are_no_fault_of_ours(self) -> None:
        self.check(COOKIES, lambda _, path, cookie: Client().get(path, headers={"Cookie": cookie}))

    def test_languages_are_no_fault_of_ours(self) -> None:
        self.check(
            LANGUAGES, lambda client, path, words: client.get(path, headers={"Accept-Language": words})
        )

    def test_bodies_are_no_fault_of_ours(self) -> None:
        self.check(BODIES, lambda client, path, sent: client.generic("POST", path, sent[1], sent[0]))

    def test_lengths_are_no_fault_of_ours(self) -> None:
        self.check(
            LENGTHS,
            lambda client, path, length: client.post(path, b"x=1", content_type=FORM, CONTENT_LENGTH=length),
        )

    def test_addresses_are_no_fault_of_ours(self) -> None:
        routes = [address.route for address in addresses() if address.parameters]
        asked = [re.sub(r"<[^>]+>|\(\?P[^)]+\)", "{}", route) for route in routes]
        self.check(IN_PLACE, lambda client, path, word: client.get(f"/{path.replace('{}', word)}"), asked)

    def check(
        self, things: list[Any], ask: Callable[[Client, str, Any], Any], paths: list[str] | None = None
    ) -> None:
        """Asks at every address with some of the things in turn, so that each meets many addresses."""
        client = signed_in(self.island.hua, self.island.unit_chief)
        session = dict(client.cookies)
        complaints = []
        for path, thing in pairs(paths or self.paths, things):
            cache.clear()
            client.cookies.clear()
            client.cookies.update(session)
            if told := complaint(ask, client, path, thing):
                complaints.append(f"{path} with {str(thing)[:80]!r}: {told}")
        assert "\n".join(complaints) == ""


def pairs(paths: list[str], things: list[Any]) -> Iterator[tuple[str, Any]]:
    """In the ordinary run each address meets two of the things, in turn."""
    for number, path in enumerate(paths):
        for turn in range(len(things) if TIMES else 2):
            yield path, things[(2 * number + turn) % len(things)]


def complaint(ask: Callable[[Client, str, Any], Any], client: Client, path: str, thing: Any) -> str:
    try:
        with transaction.atomic():
            response = ask(client, path, thing)
            read_to_its_end(response)
            transaction.set_rollback(True)
    except Exception as error:
        return f"{type(error).__name__} {error}"
    return str(response.status_code) if response.status_code >= 500 else ""
