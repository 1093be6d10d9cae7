"""Long lists, 25 rows at a time, with an honest word on how many there are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest

from folkmoot.base.errors import NotFound

Item = TypeVar("Item")

PAGE_ROWS = 25
COUNTED_EXACTLY = 1000  # beyond this a count costs more than the page


@dataclass(frozen=True)
class Listing(Generic[Item]):
    """One page of a list. Shapes: `total` is exact unless `is_about`; None when nobody knows it."""

    rows: list[Item]
    number: int
    size: int
    total: int | None
    is_about: bool
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def first_row(self) -> int:
        return (self.number - 1) * self.size + 1

    @property
    def last_row(self) -> int:
        return self.first_row + len(self.rows) - 1

    @property
    def has_several_pages(self) -> bool:
        return self.has_next or self.has_previous


def listing(
    request: HttpRequest,
    rows: "QuerySet[Any, Item] | list[Item]",
    size: int = PAGE_ROWS,
    about: Callable[[], int] | None = None,
    *,
    keys_first: bool = False,
) -> Listing[Item]:
    """The page that `?page=` names. Costs one query, and on all but the last page a count that stops at 1,000.

    `about` gives the number from a roll-up when there are more. `keys_first` is for long lists of wide rows: the
    rows of the page are read by a query of their own, so that only keys are sorted. Raises NotFound past the last
    page.
    """
    number = page_number(request)
    start = (number - 1) * size
    found = by_keys(rows, start, start + size + 1) if keys_first else list(rows[start : start + size + 1])
    if number > 1 and not found:
        raise NotFound()
    if len(found) <= size:
        return Listing(found, number, size, start + len(found), is_about=False, has_next=False)
    total, is_about = _total(rows, about)
    return Listing(found[:size], number, size, total, is_about, has_next=True)


def by_keys(rows: "QuerySet[Any, Item] | list[Item]", start: int, stop: int) -> list[Item]:
    """The rows from `start` to `stop`: first their keys in order, then the rows themselves. Costs two queries."""
    if isinstance(rows, list):
        return rows[start:stop]
    keys = list(rows.values_list("pk", flat=True)[start:stop])
    found = {row.pk: row for row in rows.order_by().filter(pk__in=keys)} if keys else {}  # type: ignore[attr-defined]
    return [found[key] for key in keys if key in found]


def page_number(request: HttpRequest) -> int:
    """The number in `?page=`; 1 when there is none. Raises NotFound for anything else than a number from 1."""
    typed = request.GET.get("page", "1")
    if not typed.isascii() or not typed.isdigit() or len(typed) > 6 or int(typed) < 1:
        raise NotFound()
    return int(typed)


def _total(
    rows: "QuerySet[Any, Item] | list[Item]", about: Callable[[], int] | None
) -> tuple[int | None, bool]:
    if isinstance(rows, list):
        return len(rows), False
    counted = rows.order_by()[: COUNTED_EXACTLY + 1].count()
    if counted <= COUNTED_EXACTLY:
        return counted, False
    return (about(), True) if about else (None, False)
