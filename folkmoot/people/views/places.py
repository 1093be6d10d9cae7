"""What pages of places and posts share: the way down to them, and the sections that other apps add."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from folkmoot.areas.models import Area
from folkmoot.base.registries import panels
from folkmoot.ui.components import Crumb


def crumbs_to(line: Sequence[Area], url_name: str, last: str = "") -> list[Crumb]:
    """The areas from the top down, each with its page; `last` is the page itself, else the last area is."""
    crumbs = [Crumb(str(step), _address(url_name, step)) for step in line]
    return [*crumbs, Crumb(last)] if last else [*crumbs[:-1], Crumb(str(line[-1]))]


def _address(url_name: str, area: Area) -> str:
    if url_name == "people:find_chief":
        return f"{reverse(url_name)}?area={area.code}"
    return reverse(url_name, args=[area.code])


def panels_of(kind: str, obj: Any) -> list[SafeString]:
    """The sections that apps above have registered for a page of this kind."""
    found = [mark_safe(panel(kind, obj)) for _name, panel in panels]  # noqa: S308 - rendered templates
    return [panel for panel in found if panel]
