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
        """A feature has its number for a line: whole files stand on one line."""
        with self.path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
            for number, feature in enumerate(_features(file), start=1):
                yield number, _row(number, feature)


def _row(number: int, feature: Any) -> Row:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise Unreadable(number, _("a FeatureCollection holds features only"))
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise Unreadable(number, _("the properties of a feature are names and values"))
    row: Row = {name.strip().lower(): _as_text(value) for name, value in properties.items()}
    row["boundary"] = feature.get("geometry") or ""
    return row


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strip() if isinstance(value, str) else json.dumps(value)


def _features(file: TextIO) -> Iterator[Any]:
    """Each feature in turn; never more than one feature and a chunk in memory."""
    text, at, number = *_skip_to_features(file), 1
    while True:
        gap = _gap.match(text, at)
        at = gap.end() if gap else at
        if text[at : at + 1] == "]":
            return
        try:
            feature, at = _decoder.raw_decode(text, at)
        except ValueError as error:
            more = file.read(max(CHUNK_CHARACTERS, len(text) - at))
            if not more:
                raise Unreadable(number, _("the GeoJSON breaks off or is damaged here")) from error
            text, at = text[at:] + more, 0
        else:
            yield feature
            number += 1


def _skip_to_features(file: TextIO) -> tuple[str, int]:
    text = ""
    while chunk := file.read(CHUNK_CHARACTERS):
        text += chunk
        if found := _start.search(text):
            return text, found.end()
    raise Unreadable(1, _("this is no GeoJSON FeatureCollection"))
