"""Which strata vote under one name: asked of the roll as it is, or as it was settled."""

from dataclasses import dataclass

from django.db.models import Count
from folkmoot_kernel.cells import Group, Joining, Rolled, join_strata
from folkmoot_kernel.papers import Part

from folkmoot.ballots.models import Poll, RollEntry, Stratum


@dataclass(frozen=True)
class Settled:
    """A group as it votes: `head` lends its name, `parts` are its strata, `group` what the kernel says of it."""

    head: Stratum
    parts: tuple[Stratum, ...]
    group: Group

    @property
    def channels(self) -> tuple[str, ...]:
        return self.group.channels


def roll_sizes(poll: Poll) -> dict[int, int]:
    """How many are on the roll, by the id of the stratum; strata without anybody are missing.

    An open poll has none: its bound is the population.
    """
    if poll.is_open:
        return {stratum.pk: poll.population for stratum in poll.strata.all() if poll.population}
    rows = RollEntry.objects.filter(poll=poll).values("stratum").annotate(number=Count("pk"))
    return {row["stratum"]: row["number"] for row in rows}


def joining_of(poll: Poll) -> Joining:
    """How the strata are joined by the numbers on the roll. Raises kernel errors while a stratum has nobody."""
    strata, sizes = list(poll.strata.all()), roll_sizes(poll)
    codes = {stratum.pk: stratum.code for stratum in strata}
    return join_strata([_rolled(stratum, sizes, codes) for stratum in strata], k=poll.k)


def settled_groups(poll: Poll) -> tuple[Settled, ...]:
    """The groups of a poll whose roll is whole, in the order of the strata. Raises kernel errors before that."""
    by_code = {stratum.code: stratum for stratum in poll.strata.all()}
    return tuple(
        Settled(by_code[group.id], tuple(by_code[part.id] for part in group.parts), group)
        for group in joining_of(poll).groups
    )


def _rolled(stratum: Stratum, sizes: dict[int, int], codes: dict[int, str]) -> Rolled:
    part = Part(stratum.code, stratum.words, stratum.is_ordinary)
    joins = codes.get(stratum.joins_id, "") if stratum.joins_id else ""
    return Rolled(part, sizes.get(stratum.pk, 0), stratum.channels, joins)
