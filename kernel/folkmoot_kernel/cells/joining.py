"""At OPEN: which strata vote under one name, because one of them is too small for itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from folkmoot_kernel.errors import MalformedStrata
from folkmoot_kernel.papers import CHANNELS, Part
from folkmoot_kernel.sentences import Name, Sentence, name_of, sentence

PRESET_JOINS: Final = {"leadership": "invited", "invited": "leadership"}
"""Whom a stratum joins that names nobody, by id: the leadership team and the invited representatives."""

MIN_K: Final = 2


@dataclass(frozen=True, slots=True)
class Rolled:
    """A stratum as the roll has it: how many are on it, by which channels they vote, and whom it joins if small."""

    part: Part
    on_roll: int
    channels: tuple[str, ...]
    joins: str = ""

    @property
    def target(self) -> str:
        return self.joins or PRESET_JOINS.get(self.part.id, "")


@dataclass(frozen=True, slots=True)
class Group:
    """Strata that vote under one name.

    Shapes: `parts` in the order of the roll; `channels` those of any of them, open to all of them, or the channel
    would tell them apart; `shares_with` the id of the group that shares its sheet of hand papers, or "".
    """

    parts: tuple[Part, ...]
    on_roll: int
    channels: tuple[str, ...]
    shares_with: str
    reason: Sentence

    @property
    def id(self) -> str:
        """That of its first stratum: no other group has it."""
        return self.parts[0].id

    @property
    def names(self) -> tuple[Name, ...]:
        return tuple(name_of(part.label) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Joining:
    """All groups of a poll, and why it is refused as secret, if it is."""

    groups: tuple[Group, ...]
    refusals: tuple[Sentence, ...]

    @property
    def is_secret(self) -> bool:
        return not self.refusals


def join_strata(rolled: Sequence[Rolled], *, k: int) -> Joining:
    """Join each stratum under 2k on the roll to the one it names, as long as the group is under 2k.

    Ordinary residents are joined only with ordinary residents. A group under k, and a stratum that names one of
    another kind, are reasons to refuse the poll as secret. Raises: MalformedStrata.
    """
    _require_strata(rolled, k)
    by_id = {each.part.id: each for each in rolled}
    members = _merged(by_id, 2 * k)
    groups = tuple(_group(ids, by_id, members, k) for ids in members)
    return Joining(groups, (*_unlike(by_id), *_too_few(groups, k)))


def _merged(by_id: Mapping[str, Rolled], enough: int) -> list[list[str]]:
    groups = [[name] for name in by_id]
    while True:
        for ids in groups:
            if sum(by_id[name].on_roll for name in ids) < enough and (target := _target(ids, by_id)):
                other = next(others for others in groups if target in others)
                groups = [each for each in groups if each not in (ids, other)] + [ids + other]
                break
        else:
            order = list(by_id)
            return sorted(
                (sorted(ids, key=order.index) for ids in groups), key=lambda ids: order.index(ids[0])
            )


def _target(ids: Sequence[str], by_id: Mapping[str, Rolled]) -> str:
    """The first stratum outside the group, and of its kind, that one of the group names."""
    for name in ids:
        target = by_id[name].target
        if target in by_id and target not in ids and _is_alike(by_id[name], by_id[target]):
            return target
    return ""


def _is_alike(one: Rolled, other: Rolled) -> bool:
    return one.part.is_ordinary is other.part.is_ordinary


def _group(ids: list[str], by_id: Mapping[str, Rolled], members: list[list[str]], k: int) -> Group:
    target = _target(ids, by_id)
    strata = [by_id[name] for name in ids]
    on_roll, parts = sum(each.on_roll for each in strata), tuple(each.part for each in strata)
    used = {channel for each in strata for channel in each.channels}
    return Group(
        parts=parts,
        on_roll=on_roll,
        channels=tuple(channel for channel in CHANNELS if channel in used),
        shares_with=next((others[0] for others in members if target in others), ""),
        reason=_reason(tuple(name_of(part.label) for part in parts), on_roll, k),
    )


def _reason(strata: tuple[Name, ...], on_roll: int, k: int) -> Sentence:
    enough = 2 * k
    if len(strata) > 1:
        if on_roll < enough:
            return sentence("cells.joined_small", strata=strata, enough=enough, k=k)
        return sentence("cells.joined", strata=strata, enough=enough)
    if on_roll < enough:
        return sentence("cells.alone_small", stratum=strata[0], on_roll=on_roll, enough=enough, k=k)
    return sentence("cells.alone", stratum=strata[0], on_roll=on_roll, enough=enough)


def _unlike(by_id: Mapping[str, Rolled]) -> Iterator[Sentence]:
    for each in by_id.values():
        if each.joins and not _is_alike(each, by_id[each.joins]):
            target = name_of(by_id[each.joins].part.label)
            yield sentence("cells.unlike", stratum=name_of(each.part.label), target=target)


def _too_few(groups: Sequence[Group], k: int) -> Iterator[Sentence]:
    for group in groups:
        if group.on_roll < k:
            yield sentence("cells.too_few", strata=group.names, on_roll=group.on_roll, k=k)


def _require_strata(rolled: Sequence[Rolled], k: int) -> None:
    ids = {each.part.id for each in rolled}
    if not rolled or len(ids) != len(rolled):
        raise MalformedStrata(reason="there are none, or two of one name")
    if k < MIN_K:
        raise MalformedStrata(reason=f"k is {k}, and one person alone is no group")
    for each in rolled:
        if each.on_roll < 1 or not each.channels or not set(each.channels) <= set(CHANNELS):
            raise MalformedStrata(
                reason=f"{each.part.id!r} has nobody on the roll, or no channel that exists"
            )
        if each.joins and (each.joins not in ids or each.joins == each.part.id):
            raise MalformedStrata(reason=f"{each.part.id!r} joins {each.joins!r}, which is no other stratum")
