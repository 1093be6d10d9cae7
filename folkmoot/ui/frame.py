"""What the page frame shows around every page, worked out only when the template asks."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop, to_locale

from folkmoot.base.actors import VISITOR, Actor
from folkmoot.base.errors import Sentence
from folkmoot.ui.navigation import Entry, entries_for

TEXT_SIZE_COOKIE = "text_size"
BIGGER, NORMAL = "bigger", "normal"
# The names that settings.EMERGENCY_NUMBERS has unless the installation says otherwise.
EMERGENCY_NAMES = (gettext_noop("Police"), gettext_noop("Fire"), gettext_noop("Ambulance"))


def html_lang(code: str) -> str:
    """The language tag as HTML writes it: `zh-hans` becomes `zh-Hans`."""
    return to_locale(code).replace("_", "-")


class Frame:
    """The surroundings of one page."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def actor(self) -> Actor:
        actor: Actor = getattr(self._request, "actor", VISITOR)
        return actor

    @property
    def emergency_numbers(self) -> Sequence[tuple[str, Sentence]]:
        numbers: Sequence[tuple[str, Sentence]] = settings.EMERGENCY_NUMBERS
        return numbers

    @property
    def lang(self) -> str:
        return html_lang(get_language() or settings.LANGUAGE_CODE)

    @cached_property
    def other_languages(self) -> list[tuple[str, str, str]]:
        """(tag, own name, address of the switch) of each language but the present one."""
        return [
            (html_lang(code), str(name), self._switch("ui:language", code))
            for code, name in settings.LANGUAGES
            if code != get_language()
        ]

    @property
    def is_bigger(self) -> bool:
        return self._request.COOKIES.get(TEXT_SIZE_COOKIE) == BIGGER

    @property
    def text_size_url(self) -> str:
        return self._switch("ui:text_size", NORMAL if self.is_bigger else BIGGER)

    @property
    def sign_in_url(self) -> str:
        return f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': self._request.get_full_path()})}"

    @cached_property
    def top(self) -> list[tuple[Entry, bool]]:
        """The entries of the top bar, each with whether the page is inside it."""
        path = self._request.path
        return [(entry, entry.holds(path)) for entry in entries_for(self.actor, "top")]

    @cached_property
    def mine(self) -> list[tuple[Entry, int]]:
        """The person's own entries, each with how much waits behind it."""
        own = entries_for(self.actor, "mine")
        return [(entry, entry.count(self.actor) if entry.count else 0) for entry in own]

    @cached_property
    def footer(self) -> list[Entry]:
        return entries_for(self.actor, "footer")

    def _switch(self, url_name: str, to: str) -> str:
        return f"{reverse(url_name)}?{urlencode({'to': to, 'next': self._request.get_full_path()})}"


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `frame` in every template."""
    return {"frame": Frame(request)}
