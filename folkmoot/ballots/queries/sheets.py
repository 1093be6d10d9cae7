"""Which sheets of hand papers there have to be, so that none with fewer than k papers is counted out alone."""

from folkmoot_kernel.cells import HandSheet as PlannedSheet
from folkmoot_kernel.cells import hand_sheets

from folkmoot.ballots.models import HandSheet, Paper
from folkmoot.ballots.queries.joining import joining_of
from folkmoot.ballots.queries.turnout import issues_of


def planned_sheets(paper: Paper) -> tuple[PlannedSheet, ...]:
    """The sheets of a paper by the hand papers given out, once issuing has ended."""
    issues = issues_of(paper)
    groups = joining_of(paper.poll).groups
    by_code = {stratum.code: stratum.pk for stratum in paper.poll.strata.all()}
    given = {
        group.id: sum(issues[by_code[part.id]].hand for part in group.parts if by_code[part.id] in issues)
        for group in groups
    }
    return hand_sheets(groups, given, k=paper.poll.k)


def sheets_of(paper: Paper) -> list[HandSheet]:
    """The written sheets of a paper in the order of the log."""
    return list(HandSheet.objects.filter(paper=paper).prefetch_related("strata").select_related("photo"))
