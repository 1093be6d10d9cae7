"""Pages that are the same for everybody are made once and handed out for some seconds.

Only to visitors: whoever has a session always gets a page made anew. Whatever somebody changes through this server
process empties its shelf at once; what the worker or another process changes shows after PAGE_SECONDS at the latest.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from threading import Lock
from time import monotonic
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request

from folkmoot.base.doors import Request
from folkmoot.ui.frame import BIGGER, TEXT_SIZE_COOKIE

MAX_SHELF_BYTES = 16_000_000
MAX_PAGE_BYTES = 200_000
MAX_ADDRESS_LENGTH = 500
SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}
MESSAGES_COOKIE = "messages"

P = ParamSpec("P")
Key = tuple[str, ...]


def for_everybody(
    view: Callable[Concatenate[Request, P], HttpResponse],
) -> Callable[Concatenate[Request, P], HttpResponse]:
    """Says that a view answers every visitor alike: its pages may stand on the shelf. Goes below @door."""

    @wraps(view)
    def marked(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.is_for_everybody = True  # type: ignore[attr-defined]
        return response

    return marked


@dataclass(frozen=True)
class KeptPage:
    """One page as it left the house."""

    content: bytes
    headers: dict[str, str]
    made_at: float

    def answer(self) -> HttpResponse:
        return HttpResponse(self.content, headers=self.headers)


class Shelf:
    """The kept pages of this process, the oldest first."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Key, KeptPage] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()
        self.emptied = 0  # how often; a page that was begun before does not come in after

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, key: Key) -> KeptPage | None:
        page = self._pages.get(key)
        is_fresh = page is not None and monotonic() - page.made_at < settings.PAGE_SECONDS
        return page if is_fresh else None

    def put(self, key: Key, page: KeptPage, *, begun: int) -> None:
        """Keeps `page`, unless the shelf was emptied since its making was `begun`."""
        with self._lock:
            if begun != self.emptied:
                return
            self._remove(key)
            self._pages[key] = page
            self._bytes += len(page.content)
            while self._bytes > MAX_SHELF_BYTES:
                self._remove(next(iter(self._pages)))

    def empty(self) -> None:
        with self._lock:
            self.emptied += 1
            self._pages.clear()
            self._bytes = 0

    def _remove(self, key: Key) -> None:
        if (old := self._pages.pop(key, None)) is not None:
            self._bytes -= len(old.content)


shelf = Shelf()


class PageShelf:
    """Middleware: hands out kept pages, and empties the shelf when somebody changes something."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE_METHODS:
            response = self.get_response(request)
            shelf.empty()
            return response
        key = key_of(request)
        if key is None:
            return self.get_response(request)
        if (page := shelf.get(key)) is not None:
            return page.answer()
        begun = shelf.emptied
        response = self.get_response(request)
        if may_be_kept(response):
            # Nobody on the way may hand it out without asking us: only we know when it changes.
            response.headers["Cache-Control"] = "no-cache"
            patch_vary_headers(response, ("Cookie", "Accept-Language"))
            shelf.put(key, KeptPage(response.content, dict(response.headers), monotonic()), begun=begun)
        return response


def key_of(request: HttpRequest) -> Key | None:
    """All that a page for visitors depends on; None for a request that is none of a visitor's page."""
    cookies, meta = request.COOKIES, request.META
    is_own = settings.SESSION_COOKIE_NAME in cookies or MESSAGES_COOKIE in cookies
    if request.method != "GET" or is_own or "HTTP_HX_REQUEST" in meta or settings.PAGE_SECONDS <= 0:
        return None
    address = request.get_full_path()
    if len(address) > MAX_ADDRESS_LENGTH:
        return None
    size = BIGGER if cookies.get(TEXT_SIZE_COOKIE) == BIGGER else ""
    return (
        address,
        get_language_from_request(request),
        size,
        meta.get("HTTP_HOST", ""),
        request.scheme or "",
    )


def may_be_kept(response: HttpResponse) -> bool:
    """A whole page, marked as the same for everybody, that leaves no cookie: no form with a token, no session."""
    is_whole = response.status_code == 200 and not response.streaming and not response.cookies
    return (
        is_whole and getattr(response, "is_for_everybody", False) and len(response.content) <= MAX_PAGE_BYTES
    )
