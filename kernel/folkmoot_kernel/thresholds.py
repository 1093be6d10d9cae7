"""Quorum, majority, composition: exact fractions over a named base, and a sentence for every verdict.

    >>> half = Threshold(Kind.MAJORITY, (more_than(1, 2, Base.PRESENT),))
    >>> verdict = half.verdict(Counts(due=50, present=34, yes=21, no=9))
    >>> verdict.holds, verdict.needed, str(verdict.sentence)
    (True, 18, '21 of 34 present said yes, more than half: passed.')

A share is two whole numbers and whether exactly that much is enough. Nothing is ever divided, so 2 of 3 is two
thirds, and 50 of 100 is not more than half. Of an empty base no share ever holds: a meeting to which nobody is
due has no quorum.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from folkmoot_kernel.errors import ImpossibleCounts, MalformedThreshold, NotCounted
from folkmoot_kernel.sentences import Fact, Sentence, sentence


class Base(StrEnum):
    """Of what a share is one: the roll, those who came, those who voted, votes that count, votes for and against.

    The last two are the two readings of "masses at least 80 %": of those who appraise, and of those who live there.
    """

    DUE = "due"
    PRESENT = "present"
    CAST = "cast"
    VALID = "valid"
    YES_AND_NO = "yes+no"
    APPRAISERS = "appraisers"
    RESIDENTS = "residents"


class Unit(StrEnum):
    PERSONS = "persons"
    HOUSEHOLDS = "households"


class Kind(StrEnum):
    """What is asked: enough present, enough yes, enough ordinary residents, enough satisfied, enough who call."""

    QUORUM = "quorum"
    MAJORITY = "majority"
    COMPOSITION = "composition"
    SATISFACTION = "satisfaction"
    CALL = "call"


class Moment(StrEnum):
    """When a composition is checked: on the roll, and again on those who took part. Source: S4.12."""

    ROLL = "roll"
    TURNOUT = "turnout"


VOTES: Final = frozenset({Base.DUE, Base.PRESENT, Base.CAST, Base.VALID, Base.YES_AND_NO})
BASES: Final = {
    Kind.QUORUM: frozenset({Base.DUE}),
    Kind.MAJORITY: VOTES,
    Kind.COMPOSITION: frozenset({Base.APPRAISERS, Base.RESIDENTS}),
    Kind.SATISFACTION: frozenset({Base.VALID}),
    Kind.CALL: frozenset({Base.DUE}),
}
COUNTED: Final = {
    Kind.QUORUM: "present",
    Kind.MAJORITY: "yes",
    Kind.COMPOSITION: "ordinary",
    Kind.SATISFACTION: "satisfied",
    Kind.CALL: "callers",
}
_NAMED: Final = {(1, 2): "half", (1, 3): "third", (2, 3): "two_thirds", (3, 4): "three_quarters"}


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a base: numerator of denominator, and `strict` when exactly that much is not enough.

    Raises: MalformedThreshold.
    """

    numerator: int
    denominator: int
    strict: bool
    base: Base
    unit: Unit = Unit.PERSONS

    def __post_init__(self) -> None:
        if not all(type(number) is int for number in (self.numerator, self.denominator)):
            raise MalformedThreshold(reason="a share is two whole numbers")
        if not 0 < self.numerator <= self.denominator:
            raise MalformedThreshold(reason="a share is more than nothing and at most the whole")
        if self.strict and self.numerator == self.denominator:
            raise MalformedThreshold(reason="nothing is more than the whole")

    def needed(self, whole: int) -> int:
        """Say the least number that holds; of an empty base it is 1, which nobody can reach."""
        if self.strict:
            return whole * self.numerator // self.denominator + 1
        return max(1, -(-whole * self.numerator // self.denominator))

    def holds(self, counted: int, whole: int) -> bool:
        """Whether so many of the whole are enough. Raises: ImpossibleCounts."""
        if not 0 <= counted <= whole:
            raise ImpossibleCounts(reason=f"{counted} is no part of {whole}")
        left, right = counted * self.denominator, whole * self.numerator
        return whole > 0 and (left > right if self.strict else left >= right)

    @property
    def words(self) -> Sentence:
        """Say it: more than half, at least two thirds, at least 80%."""
        sense = "more" if self.strict else "least"
        pair = (self.numerator, self.denominator)
        if pair in _NAMED:
            return sentence(f"share.{sense}.{_NAMED[pair]}")
        if self.numerator == self.denominator:
            return sentence("share.all")
        if self.denominator == 100:
            return sentence(f"share.{sense}.percent", numerator=self.numerator)
        return sentence(f"share.{sense}.part", numerator=self.numerator, denominator=self.denominator)


def more_than(numerator: int, denominator: int, base: Base, unit: Unit = Unit.PERSONS) -> Share:
    return Share(numerator, denominator, strict=True, base=base, unit=unit)


def at_least(numerator: int, denominator: int, base: Base, unit: Unit = Unit.PERSONS) -> Share:
    return Share(numerator, denominator, strict=False, base=base, unit=unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What was counted, in persons or in households; None is what nobody counted.

    Shapes: yes + no <= valid <= cast <= present <= due as far as they are there. `ordinary` are the ordinary
    residents among the `appraisers`, `residents` all who live there; `moment` says on what these are counted.
    Raises: ImpossibleCounts.
    """

    due: int | None = None
    present: int | None = None
    cast: int | None = None
    valid: int | None = None
    yes: int | None = None
    no: int | None = None
    satisfied: int | None = None
    callers: int | None = None
    ordinary: int | None = None
    appraisers: int | None = None
    residents: int | None = None
    moment: Moment = Moment.ROLL

    def __post_init__(self) -> None:
        votes = ("valid", "cast", "present", "due")
        chains = (
            ("yes", votes),
            ("no", votes),
            ("yes_and_no", votes),
            ("satisfied", votes),
            ("callers", ("due",)),
            ("ordinary", ("appraisers",)),
            ("ordinary", ("residents",)),
        )
        for name, others in chains:
            _require_rising([(each, getattr(self, each)) for each in (name, *others)])

    @property
    def yes_and_no(self) -> int | None:
        return None if self.yes is None or self.no is None else self.yes + self.no

    def number(self, name: str) -> int:
        """Look up what was counted, by the name of a base or of a field. Raises: NotCounted."""
        number: int | None = getattr(self, name.replace("+", "_and_"))
        if number is None:
            raise NotCounted(what=name)
        return number


def _require_rising(chain: list[tuple[str, int | None]]) -> None:
    least, below = 0, "nothing"
    for name, number in chain:
        if number is not None:
            if number < least:
                raise ImpossibleCounts(reason=f"{name} is {number}, less than {below}")
            least, below = number, f"{name} with {number}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a threshold holds, what it needed, what was counted of which whole, and the sentence that says so."""

    holds: bool
    needed: int
    counted: int
    whole: int
    share: Share
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Threshold:
    """A rule: it holds when any of its shares does ("half of the adults or two thirds of the households").

    Raises: MalformedThreshold.
    """

    kind: Kind
    any_of: tuple[Share, ...]

    def __post_init__(self) -> None:
        if not self.any_of:
            raise MalformedThreshold(reason="it has no share")
        for share in self.any_of:
            if share.base not in BASES[self.kind]:
                raise MalformedThreshold(reason=f"a {self.kind} is no share of {share.base}")
            if share.unit is Unit.HOUSEHOLDS and self.kind not in {Kind.QUORUM, Kind.MAJORITY}:
                raise MalformedThreshold(reason=f"a {self.kind} is not counted in households")

    def verdict(self, persons: Counts | None = None, households: Counts | None = None) -> Verdict:
        """Judge what was counted. Of several shares the first that holds speaks, else the first that was counted.

        Raises: NotCounted when no share can be judged, ImpossibleCounts.
        """
        by_unit = {Unit.PERSONS: persons, Unit.HOUSEHOLDS: households}
        judged = [
            self._judged(share, counts)
            for share in self.any_of
            if (counts := by_unit[share.unit]) is not None
        ]
        if not judged:
            raise NotCounted(what=" or ".join(sorted({share.unit for share in self.any_of})))
        return next((verdict for verdict in judged if verdict.holds), judged[0])

    def _judged(self, share: Share, counts: Counts) -> Verdict:
        counted, whole = counts.number(COUNTED[self.kind]), counts.number(share.base)
        holds, needed = share.holds(counted, whole), share.needed(whole)
        said = self._said(share, counts.moment, holds=holds, counted=counted, whole=whole, needed=needed)
        return Verdict(holds, needed, counted, whole, share, said)

    def _said(self, share: Share, moment: Moment, *, holds: bool, **numbers: int) -> Sentence:
        result = "holds" if holds else "fails"
        needed = numbers.pop("needed")
        parts: dict[str, Fact] = {} if holds else {"needed": needed}
        if self.kind is Kind.QUORUM:
            return sentence(f"quorum.{share.unit}.{result}", **numbers, **parts)
        clause = {
            Kind.MAJORITY: f"majority.{share.base}.{share.unit}",
            Kind.COMPOSITION: f"composition.{share.base}.{moment}",
            Kind.SATISFACTION: "satisfaction",
            Kind.CALL: "call",
        }[self.kind]
        parts |= {"clause": sentence(clause, **numbers), "share": share.words}
        return sentence(f"{self.kind}.{result}", **parts)
