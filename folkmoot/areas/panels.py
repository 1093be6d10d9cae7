"""What the map says on the page of a place: that it is no more, and the way to its history."""

from typing import Any

from django.template.loader import render_to_string


def place_panel(kind: str, obj: Any) -> str:
    """A line on the page of a place; costs a query only for a place that has ended."""
    if kind != "place" or obj is None:
        return ""
    became = obj.became if obj.valid_to else None
    return render_to_string("areas/_place_panel.html", {"area": obj, "became": became})
