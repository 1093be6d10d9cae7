from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import RequestFactory
from django.utils import timezone

from folkmoot.base.errors import NotFound
from folkmoot.ui import paging
from folkmoot.ui.paging import Listing, listing


def asking(page: str | None = None) -> Any:
    return RequestFactory().get("/", {"page": page} if page is not None else {})


def page_of(rows: int, page: str | None = None) -> Listing[int]:
    return listing(asking(page), list(range(rows)), 10)


@pytest.fixture
def sessions(db: None) -> None:
    """Any rows will do; these need no other app."""
    Session.objects.bulk_create(
        Session(session_key=f"k{n:02}", session_data="", expire_date=timezone.now()) for n in range(25)
    )


def test_listing_of_nothing_is_one_empty_page() -> None:
    page = page_of(0)
    assert (page.rows, page.total, page.has_next, page.has_previous) == ([], 0, False, False)


def test_listing_stops_at_its_size() -> None:
    page = page_of(25, "2")
    assert page.rows == list(range(10, 20))
    assert (page.first_row, page.last_row, page.total) == (11, 20, 25)
    assert (page.has_next, page.has_previous) == (True, True)


def test_listing_knows_its_last_page() -> None:
    page = page_of(20, "2")
    assert (page.rows, page.has_next, page.total) == (list(range(10, 20)), False, 20)


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "3", "9999999", "２", "1e3"])
def test_listing_past_its_pages_is_not_found(page: str) -> None:
    with pytest.raises(NotFound):
        page_of(20, page)


def test_listing_costs_two_queries_and_the_last_page_one(
    sessions: None, django_assert_num_queries: Callable[[int], Any]
) -> None:
    rows = Session.objects.order_by("session_key")
    with django_assert_num_queries(2):
        assert listing(asking(), rows, 10).total == 25
    with django_assert_num_queries(1):
        assert listing(asking("3"), rows, 10).total == 25


def test_listing_of_many_asks_the_roll_up(sessions: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "COUNTED_EXACTLY", 20)
    rows = Session.objects.order_by("session_key")
    known = listing(asking(), rows, 10, about=lambda: 12437)
    unknown = listing(asking(), rows, 10)
    assert [(page.total, page.is_about) for page in (known, unknown)] == [(12437, True), (None, False)]
