"""Writes one structure as XML or as JSON, in the standard's own mapping (the Spark convention). Pure.

    render("services", [{"service_code": "lamp", "metadata": False, "group": None}], "xml")
      <services><service><service_code>lamp</service_code><metadata>false</metadata><group/></service></services>
    render("services", the same, "json")
      [{"service_code": "lamp", "metadata": false, "group": null}]

JSON leaves the outermost name and the names of the items out; ITEMS says what they are called in XML.
"""

import html
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

Value: TypeAlias = "str | int | float | bool | Sequence[Value] | Mapping[str, Value] | None"

XML, JSON = "xml", "json"
CONTENT_TYPES = {XML: "text/xml; charset=utf-8", JSON: "application/json; charset=utf-8"}
ITEMS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}
# What no XML 1.0 document may hold, not even escaped (section 2.2).
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(root: str, value: Value, form: str) -> str:
    """The text of an answer. Shapes: `form` is `xml` or `json`; lists stand under a name of ITEMS."""
    value = clean(value)
    if form == JSON:
        return json.dumps(value, ensure_ascii=False)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_element(root, value)}\n'


def moment(when: datetime | None, zone: ZoneInfo) -> str | None:
    """A moment with its offset, in the time of the place: 2026-11-20T09:00:00+08:00. Source: W3C NOTE-datetime."""
    return when.astimezone(zone).isoformat(timespec="seconds") if when else None


def clean(value: Value) -> Value:
    """The structure as both forms can hold it: line ends as XML reads them, an empty text as nothing."""
    if isinstance(value, str):
        return FORBIDDEN.sub("", value).replace("\r\n", "\n").replace("\r", "\n") or None
    if isinstance(value, Mapping):
        return {name: clean(part) for name, part in value.items()}
    if isinstance(value, Sequence):
        return [clean(part) for part in value]
    return value


def _element(name: str, value: Value) -> str:
    if value is None or value in ([], {}):
        return f"<{name}/>"
    return f"<{name}>{_content(name, value)}</{name}>"


def _content(name: str, value: Value) -> str:
    if isinstance(value, str):
        return html.escape(value, quote=False)
    if isinstance(value, Mapping):
        return "".join(_element(part_name, part) for part_name, part in value.items())
    if isinstance(value, Sequence):
        return "".join(_element(ITEMS[name], part) for part in value)
    return json.dumps(value)
