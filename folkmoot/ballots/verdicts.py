"""What a result means by the rules of the poll: quorum, majority and composition, each with its sentence.

A verdict is stored in both languages as it was said on the day: the rules may change, the result does not.
"""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.leaves import Result as ResultLeaf
from folkmoot_kernel.presets import preset
from folkmoot_kernel.scales import NO, YES, YES_NO
from folkmoot_kernel.thresholds import Counts, Moment, Verdict

from folkmoot.ballots import queries
from folkmoot.ballots.models import Paper
from folkmoot.ballots.queries.registrar import in_both

ADVISORY = "advisory"
Said = dict[str, Any]


def verdicts(paper: Paper, result: ResultLeaf) -> list[Said]:
    """Quorum by papers taken, majority of a yes-no paper, composition by papers taken; empty without a preset.

    Shapes: [{"kind", "holds", "en", "zh-hans"}].
    """
    opened_at = paper.poll.opened_at
    if paper.poll.is_open:
        return [_advisory()]
    if not paper.poll.preset or opened_at is None:
        return []
    rules = preset(paper.poll.preset, timezone.localdate(opened_at))
    counts = _counts(paper, result)
    found = []
    for threshold in (rules.quorum, rules.majority, rules.further):
        try:
            if threshold is not None:
                found.append(_said(threshold.kind, threshold.verdict(counts)))
        except KernelError:  # this paper does not ask what the rule counts, or counts households
            continue
    return found


def _advisory() -> Said:
    """The only verdict of an open poll: that it is none."""
    said = in_both(lambda: gettext(
        "Self-selected and advisory: this is what those say who chose to take part. It does not stand for all who "
        "live here, and it binds nobody."
    ))  # fmt: skip
    return {"kind": ADVISORY, "holds": True, "en": said["en"], "zh-hans": said["zh-Hans"]}


def _counts(paper: Paper, result: ResultLeaf) -> Counts:
    issues = list(queries.issues_of(paper).values())
    ordinary = {stratum.pk for stratum in paper.poll.strata.all() if stratum.is_ordinary}
    yes_no = paper.scale == YES_NO
    counts = result.total.counts
    return Counts(
        due=sum(issue.roll for issue in issues),
        present=sum(issue.taken for issue in issues),
        cast=sum(cell.accepted for cell in result.cells),
        valid=result.total.n,
        yes=counts[YES] if yes_no else None,
        no=counts[NO] if yes_no else None,
        ordinary=sum(issue.taken for issue in issues if issue.stratum_id in ordinary),
        appraisers=sum(issue.taken for issue in issues),
        moment=Moment.TURNOUT,
    )


def _said(kind: str, verdict: Verdict) -> Said:
    return {
        "kind": str(kind), "holds": verdict.holds, "en": verdict.sentence.said("en"),
        "zh-hans": verdict.sentence.said("zh-Hans"),
    }  # fmt: skip
