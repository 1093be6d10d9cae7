"""The features of a GeoJSON FeatureCollection as rows, read one by one (RFC 7946).

The properties are the columns; the geometry is the column `boundary`.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from django.utils.translation import gettext_lazy as _

from folkmoot.areas.imports.faults import Unreadable
from folkmoot.areas.imports.importer import Row

CHUNK_CHARACTERS = 1 << 18
_start = re.compile(r'"features"\s*:\s*\[')
_gap = re.compile(r"[\s,]*")
_decoder = json.JSONDecoder()


class FeatureTable:
    names: list[str] | None = None

    def __init__(self, path: Path) -> None:
        self.path = path

    def about_rows(self) -> int:
        with self.path.open("rb") as file:
            return sum(chunk.count(b'"Feature"') for chunk in iter(lambda: file.read(1 << 20), b""))

    def rows(self) -> Iterator[tuple[int, Row]]:
        with self.path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
            for line, feature in _features(file):
                yield line, _row(line, feature)


def _row(line: int, feature: Any) -> Row:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise Unreadable(line, _("a FeatureCollection holds features only"))
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise Unreadable(line, _("the properties of a feature are names and values"))
    row: Row = {name.strip().lower(): _as_text(value) for name, value in properties.items()}
    row["boundary"] = feature.get("geometry") or ""
    return row


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strip() if isinstance(value, str) else json.dumps(value)


def _features(file: TextIO) -> Iterator[tuple[int, Any]]:
    """Each feature with the line on which it begins; never more than one feature and a chunk in memory."""
    text, at, line = _skip_to_features(file)
    while True:
        gap = _gap.match(text, at)
        at, line = _step(text, at, gap.end() if gap else at, line)
        if text[at : at + 1] == "]":
            return
        try:
            feature, end = _decoder.raw_decode(text, at)
        except ValueError as error:
            more = file.read(max(CHUNK_CHARACTERS, len(text) - at))
            if not more:
                raise Unreadable(line, _("the GeoJSON breaks off or is damaged here")) from error
            text, at = text[at:] + more, 0
            continue
        yield line, feature
        at, line = _step(text, at, end, line)


def _skip_to_features(file: TextIO) -> tuple[str, int, int]:
    text = ""
    while chunk := file.read(CHUNK_CHARACTERS):
        text += chunk
        if found := _start.search(text):
            return text, found.end(), text.count("\n", 0, found.end()) + 1
    raise Unreadable(1, _("this is no GeoJSON FeatureCollection"))


def _step(text: str, at: int, end: int, line: int) -> tuple[int, int]:
    return end, line + text.count("\n", at, end)
