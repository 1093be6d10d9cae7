"""How many papers were taken and ballots accepted: in steps of k while the poll runs, exact once it is closed."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from folkmoot_kernel.cells import stepped, turnout_sentence

from folkmoot.ballots.models import Cell, Channel, Issue, Paper, Poll, SlipBatch, Stratum, Taken
from folkmoot.ballots.queries.checks import said
from folkmoot.ballots.queries.joining import roll_sizes


@dataclass(frozen=True)
class Turnout:
    """One stratum: the roll, and papers taken by channel, of the paper that most have taken."""

    stratum: Stratum
    roll: int
    taken: dict[str, int]
    is_exact: bool
    text: str


def turnout(poll: Poll) -> list[Turnout]:
    """The strata in order. While the poll runs numbers are rounded down to steps of k. Four queries."""
    counts = _issued(poll) if poll.issue_closed_at else _taken_now(poll)
    sizes, k = roll_sizes(poll), poll.k
    found = []
    for stratum in poll.strata.all():
        exact = counts.get(stratum.pk, {})
        shown = exact if poll.closed_at else {kind: stepped(number, k=k) for kind, number in exact.items()}
        text = said(turnout_sentence(sum(exact.values()), k=k))
        found.append(Turnout(stratum, sizes.get(stratum.pk, 0), shown, poll.closed_at is not None, text))
    return found


def _taken_now(poll: Poll) -> dict[int, dict[str, int]]:
    rows = (
        Taken.objects.filter(entry__poll=poll).order_by()
        .values("entry__stratum", "paper", "kind").annotate(number=Count("entry"))
    )  # fmt: skip
    most: dict[int, dict[str, int]] = {}
    for row in rows:
        kinds = most.setdefault(row["entry__stratum"], {})
        kinds[row["kind"]] = max(kinds.get(row["kind"], 0), row["number"])
    return most


def _issued(poll: Poll) -> dict[int, dict[str, int]]:
    most: dict[int, Counter[str]] = {}
    for issue in Issue.objects.filter(paper__poll=poll):
        numbers = {Channel.TOKEN: issue.tokens, Channel.SLIP: issue.slips, Channel.HAND: issue.hand}
        kinds = most.setdefault(issue.stratum_id, Counter())
        for kind, number in numbers.items():
            kinds[str(kind)] = max(kinds[str(kind)], number)
    return {stratum: dict(kinds) for stratum, kinds in most.items()}


def drawn_slips(poll: Poll) -> dict[int, int]:
    """How many have drawn a slip, by the id of the stratum that votes for them."""
    rows = (
        Taken.objects.filter(entry__poll=poll, kind=Channel.SLIP).order_by()
        .values("entry__stratum__votes_in").annotate(number=Count("entry", distinct=True))
    )  # fmt: skip
    return {row["entry__stratum__votes_in"]: row["number"] for row in rows}


def issues_of(paper: Paper) -> dict[int, Issue]:
    """What was given out of a paper, by the id of the stratum."""
    return {issue.stratum_id: issue for issue in Issue.objects.filter(paper=paper)}


def cells_of(paper: Paper) -> list[Cell]:
    """The cells of a paper in the order of the log: strata in their order, token before slip."""
    cells = Cell.objects.filter(paper=paper).select_related("stratum")
    return sorted(
        cells, key=lambda cell: (cell.stratum.order, cell.stratum_id, cell.channel != Channel.TOKEN)
    )


@dataclass(frozen=True)
class SlipNumbers:
    """The slips of a group in public numbers. Shapes: `drawn` in steps of k while papers are given out."""

    batch: SlipBatch
    drawn: int
    is_exact: bool

    @property
    def is_small(self) -> bool:
        return not self.is_exact and self.drawn == 0


def slip_numbers(poll: Poll) -> list[SlipNumbers]:
    """How many slips were printed, drawn and handed back, group by group. Two queries."""
    batches = list(SlipBatch.objects.filter(stratum__poll=poll).select_related("stratum"))
    drawn = drawn_slips(poll) if batches else {}
    is_exact = poll.closed_at is not None
    return [
        SlipNumbers(batch, number if is_exact else stepped(number, k=poll.k), is_exact)
        for batch in batches
        for number in [drawn.get(batch.stratum_id, 0)]
    ]
