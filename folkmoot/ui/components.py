"""What the components show, as frozen nouns. Templates also take plain dicts with the same keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from folkmoot.base.errors import Sentence

Kind = Literal["ok", "wait", "late", "plain"]


@dataclass(frozen=True)
class Crumb:
    label: Sentence
    url: str = ""


@dataclass(frozen=True)
class Rung:
    """One level of a ladder."""

    label: Sentence
    state: Literal["past", "on", "ahead"]


@dataclass(frozen=True)
class Picture:
    url: str
    alt: Sentence
    href: str = ""
    caption: Sentence = ""


@dataclass(frozen=True)
class TimelineItem:
    time: datetime
    title: Sentence
    text: Sentence = ""
    quote: str = ""
    kind: Literal["", "now", "wait", "late"] = ""
    by: Sentence = ""
    pictures: Sequence[Picture] = ()


@dataclass(frozen=True)
class Act:
    """A tile that leads to something to do."""

    label: Sentence
    url: str
    small: Sentence = ""
    is_main: bool = False


@dataclass(frozen=True)
class Offer:
    """One act of a page's list. Shapes: `weight` 0 is the main button, 1 a plain one, 2 in the fold."""

    act: str
    label: Sentence
    url: str
    weight: int


@dataclass(frozen=True)
class Row:
    title: Sentence
    url: str = ""
    when: datetime | date | None = None
    text: Sentence = ""
    label: Sentence = ""
    kind: Kind = "ok"


@dataclass(frozen=True)
class Check:
    """Something that must be ready, with what shows that it is."""

    label: Sentence
    state: Literal["done", "open", "blocked"]
    evidence: Sentence = ""
    url: str = ""


@dataclass(frozen=True)
class Step:
    text: Sentence
    url: str = ""
    act: Sentence = ""


@dataclass(frozen=True)
class Fact:
    label: Sentence
    value: Any
    url: str = ""
    act: Sentence = ""


@dataclass(frozen=True)
class Bar:
    """One bar of a chart; `text` is printed instead of the bare number."""

    label: Sentence
    value: float
    text: Sentence = ""
    url: str = ""


@dataclass(frozen=True)
class Shape:
    """One place on a map. Shapes: `geometry` is a GeoJSON geometry in degrees, longitude first."""

    geometry: Mapping[str, Any]
    label: Sentence
    url: str = ""
    is_highlighted: bool = False
    text: Sentence = ""
