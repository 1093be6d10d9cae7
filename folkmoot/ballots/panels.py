"""The votes on the page of a place."""

from typing import Any

from django.template.loader import render_to_string

from folkmoot.ballots import queries
from folkmoot.ballots.story import lines

SHOWN = 3


def place_panel(kind: str, obj: Any) -> str:
    """The newest votes of a place and those in it. One query; nothing where there has been none."""
    if kind != "place" or obj is None:
        return ""
    found = lines(list(queries.public_polls(obj)[:SHOWN]))
    return render_to_string("ballots/_place_panel.html", {"area": obj, "lines": found}) if found else ""
