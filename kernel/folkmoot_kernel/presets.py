"""Thresholds as practice and law have them, each from a day on: data, never constants in code.

    rules = preset("representatives", date(2025, 3, 1))
    rules.quorum.verdict(Counts(due=50, present=34)).holds

A preset is where an organiser starts; which rules a poll is judged by stands in the poll itself. Where no law
sets a day, a preset begins with the law on which the practice leans, or with its notice.
The Villagers' Committees Law was amended on 2025-10-28 with new article numbers from 2026-01-01 on. Until
somebody has compared the new text, presets from that day carry the old numbers and `is_checked` is false.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from folkmoot_kernel.errors import UnknownPreset
from folkmoot_kernel.sentences import Sentence, sentence
from folkmoot_kernel.thresholds import Base, Kind, Share, Threshold, Unit, at_least, more_than


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """The thresholds of one kind of decision while they are in force; both days belong to it.

    `call` says how many of those due can have it called, `call_by_representatives` how many of the
    representatives; `further` is a rule beside quorum and majority: composition or satisfaction.
    """

    key: str
    valid_from: date
    valid_to: date | None = None
    source: str
    is_checked: bool = True
    quorum: Threshold | None = None
    majority: Threshold | None = None
    call: Threshold | None = None
    call_by_representatives: Threshold | None = None
    further: Threshold | None = None

    @property
    def name(self) -> Sentence:
        return sentence(f"preset.{self.key}")


def preset(key: str, day: date) -> Preset:
    """Find the preset that is in force on a day. Raises: UnknownPreset."""
    for each in PRESETS:
        if each.key == key and each.valid_from <= day and (each.valid_to is None or day <= each.valid_to):
            return each
    raise UnknownPreset(key=key, day=day.isoformat())


LAW_2010: Final = date(2010, 10, 28)
LAW_2026: Final = date(2026, 1, 1)
NOTICE_2012: Final = date(2012, 1, 1)
_LAW = "Villagers' Committees Law of 2010, chapter 4 (articles 21 to 28)"
_LAW_AMENDED = "Villagers' Committees Law as amended 2025-10-28; numbers of before, not yet compared"


def _rule(kind: Kind, *any_of: Share) -> Threshold:
    return Threshold(kind, any_of)


_QUORUM_OF_TWO_THIRDS = _rule(Kind.QUORUM, at_least(2, 3, Base.DUE))
_QUORUM_OF_ASSEMBLY = _rule(Kind.QUORUM, more_than(1, 2, Base.DUE), at_least(2, 3, Base.DUE, Unit.HOUSEHOLDS))
_HALF_OF_PRESENT = _rule(Kind.MAJORITY, more_than(1, 2, Base.PRESENT))
_HALF_OF_DUE = _rule(Kind.MAJORITY, more_than(1, 2, Base.DUE))

_BY_LAW: Final = (
    Preset(
        key="representatives",
        valid_from=LAW_2010,
        source=_LAW,
        quorum=_QUORUM_OF_TWO_THIRDS,
        majority=_HALF_OF_PRESENT,
        call=_rule(Kind.CALL, at_least(1, 5, Base.DUE)),
    ),
    Preset(
        key="group",
        valid_from=LAW_2010,
        source=_LAW,
        quorum=_rule(Kind.QUORUM, at_least(2, 3, Base.DUE), at_least(2, 3, Base.DUE, Unit.HOUSEHOLDS)),
        majority=_HALF_OF_PRESENT,
    ),
    Preset(
        key="assembly",
        valid_from=LAW_2010,
        source=_LAW,
        quorum=_QUORUM_OF_ASSEMBLY,
        majority=_HALF_OF_PRESENT,
        call=_rule(Kind.CALL, at_least(1, 10, Base.DUE)),
        call_by_representatives=_rule(Kind.CALL, at_least(1, 3, Base.DUE)),
    ),
    Preset(
        key="chain_assembly",
        valid_from=LAW_2010,
        source=_LAW,
        quorum=_QUORUM_OF_ASSEMBLY,
        majority=_HALF_OF_PRESENT,
    ),
    Preset(
        key="chain_representatives",
        valid_from=LAW_2010,
        source=_LAW,
        quorum=_QUORUM_OF_TWO_THIRDS,
        majority=_HALF_OF_DUE,
    ),
)

_BY_PRACTICE: Final = (
    Preset(
        key="chain_members",
        valid_from=LAW_2010,
        source="practice of 4+2 (P5)",
        quorum=_QUORUM_OF_TWO_THIRDS,
        majority=_HALF_OF_DUE,
    ),
    Preset(
        key="appraisers",
        valid_from=NOTICE_2012,
        source="S4.12, read as a share of those who appraise",
        further=_rule(Kind.COMPOSITION, at_least(80, 100, Base.APPRAISERS)),
    ),
    Preset(
        key="residents",
        valid_from=NOTICE_2012,
        source="S4.12, read as a share of those who live there",
        further=_rule(Kind.COMPOSITION, at_least(80, 100, Base.RESIDENTS)),
    ),
    *(
        Preset(
            key=f"satisfaction_{percent}",
            valid_from=NOTICE_2012,
            source="local practice (P3)",
            further=_rule(Kind.SATISFACTION, at_least(percent, 100, Base.VALID)),
        )
        for percent in (60, 85, 90)
    ),
)

PRESETS: Final = (
    *(replace(each, valid_to=LAW_2026 - timedelta(days=1)) for each in _BY_LAW),
    *(replace(each, valid_from=LAW_2026, source=_LAW_AMENDED, is_checked=False) for each in _BY_LAW),
    *_BY_PRACTICE,
)
