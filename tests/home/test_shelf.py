"""Kept pages on real pages: whom they are for, when they go, and that nothing private stands among them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from folkmoot.cases.models import Case
from folkmoot.cases.rulebook import forget_rulebook
from folkmoot.ui import shelf as shelves
from folkmoot.ui.shelf import KeptPage, Shelf, shelf
from tests.factories.cases import make_case, make_rules
from tests.factories.island import Island

CHINESE = {"HTTP_ACCEPT_LANGUAGE": "zh-Hans"}


@pytest.fixture(autouse=True)
def _five_seconds(settings: Any) -> Iterator[None]:
    settings.PAGE_SECONDS = 5.0
    shelf.empty()
    yield
    shelf.empty()
    forget_rulebook()


@pytest.fixture
def lamp(island: Island) -> Case:
    """A public matter of Amal's, with Hua."""
    forget_rulebook()
    return make_case(make_rules()["lamp"], island["U111"], island.amal)


def test_shelf_hands_a_page_out_again_without_a_query(
    client: Client, island: Island, django_assert_num_queries: Any
) -> None:
    made = client.get("/places/U111/")
    with django_assert_num_queries(0):
        kept = client.get("/places/U111/")
    assert kept.content == made.content
    assert kept.headers == made.headers
    assert kept["Cache-Control"] == "no-cache"
    assert set(kept["Vary"].split(", ")) == {"Cookie", "Accept-Language"}
    assert "default-src 'none'" in kept["Content-Security-Policy"]


def test_shelf_keeps_languages_sizes_and_addresses_apart(client: Client, island: Island) -> None:
    plain = client.get("/places/U111/").content
    assert client.get("/places/U111/", **CHINESE).content != plain
    assert client.get("/places/U112/").content != plain
    client.cookies["text_size"] = "bigger"
    assert b'class="bigger"' in client.get("/places/U111/").content
    del client.cookies["text_size"]
    assert client.get("/places/U111/").content == plain


def test_shelf_is_not_for_somebody_with_a_session(
    client: Client, island: Island, as_hua: Client, lamp: Case
) -> None:
    page = f"/cases/{lamp.number}/"
    own = as_hua.get(page).content
    others = client.get(page).content
    assert b"Sign for it" in own
    assert b"Sign for it" not in others
    assert as_hua.get(page).content.count(b"Sign for it") == own.count(b"Sign for it")
    assert client.get(page).content == others


def test_shelf_shows_what_somebody_has_just_done(client: Client, as_hua: Client, lamp: Case) -> None:
    page = f"/cases/{lamp.number}/"
    assert b"has signed for it" not in client.get(page).content
    as_hua.post(f"{page}sign-for/", {"seen": lamp.version})
    assert b"has signed for it" in client.get(page).content


def test_shelf_forgets_after_some_seconds(
    client: Client, lamp: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = f"/cases/{lamp.number}/"
    client.get(page)
    Case.objects.filter(pk=lamp.pk).update(title="By the worker")
    assert b"By the worker" not in client.get(page).content
    later = shelves.monotonic() + 5
    monkeypatch.setattr(shelves, "monotonic", lambda: later)
    assert b"By the worker" in client.get(page).content


def test_shelf_keeps_no_page_that_leaves_a_cookie(client: Client, island: Island) -> None:
    assert client.get("/report/").cookies
    client.get("/cases/U111/")  # no such matter
    assert len(shelf) == 0


def test_shelf_is_not_for_somebody_with_a_message(client: Client, island: Island) -> None:
    client.get("/places/U111/")
    client.cookies["messages"] = "something"
    assert client.get("/places/U111/").get("Cache-Control") is None


def test_shelf_of_no_seconds_keeps_nothing(client: Client, island: Island, settings: Any) -> None:
    settings.PAGE_SECONDS = 0.0
    client.get("/places/U111/")
    assert len(shelf) == 0


def kept(size: int) -> KeptPage:
    return KeptPage(b"x" * size, {}, shelves.monotonic())


def test_shelf_does_not_take_a_page_that_was_begun_before_a_change() -> None:
    own = Shelf()
    begun = own.emptied
    own.empty()
    own.put(("/",), kept(1), begun=begun)
    assert own.get(("/",)) is None


def test_shelf_has_room_for_so_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "MAX_SHELF_BYTES", 25)
    own = Shelf()
    for name in ("a", "b", "c"):
        own.put((name,), kept(10), begun=0)
    assert [own.get((name,)) is None for name in ("a", "b", "c")] == [True, False, False]
