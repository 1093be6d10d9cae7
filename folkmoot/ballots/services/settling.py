"""Which strata vote under one name, written down: when slips are printed, at the latest when the poll opens."""

from folkmoot.ballots import queries
from folkmoot.ballots.models import Poll, Stratum
from folkmoot.ballots.queries import Settled


def settle_strata(poll: Poll) -> tuple[Settled, ...]:
    """Notes for each stratum under which one it votes. Part of an act, in its transaction."""
    groups = queries.settled_groups(poll)
    for group in groups:
        Stratum.objects.filter(pk__in=[part.pk for part in group.parts]).update(votes_in=group.head)
    return groups
