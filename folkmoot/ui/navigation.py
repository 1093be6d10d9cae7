"""The entries of the top bar and the footer. Apps add theirs in `AppConfig.ready()`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from django.urls import reverse

from folkmoot.base.actors import Actor
from folkmoot.base.errors import Sentence
from folkmoot.base.permissions import may_try
from folkmoot.base.registries import Registry

Where = Literal["top", "mine", "footer"]


@dataclass(frozen=True)
class Entry:
    label: Sentence
    url_name: str
    who: str
    order: int
    where: Where
    count: Callable[[Actor], int] | None = None

    @cached_property
    def url(self) -> str:
        return reverse(self.url_name)

    def holds(self, path: str) -> bool:
        """Whether the page at `path` lies inside this entry; the front page holds only itself."""
        return path == self.url or (self.url != "/" and path.startswith(self.url))


entries: Registry[Entry] = Registry("navigation entry")


def add_entry(  # noqa: PLR0917 - six words that read as one line
    name: str, label: Sentence, url_name: str, who: str, order: int, where: Where = "top", *,
    count: Callable[[Actor], int] | None = None,
) -> None:  # fmt: skip
    """Adds a link that is shown to whoever may try the permission `who`.

    Shapes: `where` is the top bar, `mine` (beside sign-out, for signed-in people) or the footer; `count` tells
    how much waits behind a link of `mine`, on every page: one cheap query at most.
    Raises: ValueError if `name` is taken.
    """
    entries.register(name, Entry(label, url_name, who, order, where, count))


def entries_for(actor: Actor, where: Where) -> list[Entry]:
    """The entries of one place that `actor` may try, in their order."""
    found = [entry for _, entry in entries if entry.where == where and may_try(actor, entry.who)]
    return sorted(found, key=lambda entry: entry.order)
