"""What a check says: one sentence, with what to do when it is not well."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "OK"
    NOTE = "NOTE"
    FAULT = "FAULT"


@dataclass(frozen=True)
class Finding:
    level: Level
    sentence: str


Findings = Iterator[Finding]


def ok(sentence: str, **facts: object) -> Finding:
    return Finding(Level.OK, sentence % facts if facts else sentence)


def note(sentence: str, **facts: object) -> Finding:
    return Finding(Level.NOTE, sentence % facts if facts else sentence)


def fault(sentence: str, **facts: object) -> Finding:
    return Finding(Level.FAULT, sentence % facts if facts else sentence)
