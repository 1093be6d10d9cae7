"""What stands in the way of opening a poll, and what its organiser should know: in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from folkmoot_kernel.cells import Joining
from folkmoot_kernel.errors import MalformedStrata, UnknownPreset
from folkmoot_kernel.presets import Preset, preset
from folkmoot_kernel.sentences import Sentence as KernelSentence
from folkmoot_kernel.thresholds import Base, Share

from folkmoot.ballots.models import Channel, Poll, SlipBatch, TokenKey
from folkmoot.ballots.queries.agreement import agreement_on
from folkmoot.ballots.queries.joining import joining_of, roll_sizes
from folkmoot.ballots.queries.openness import eligible_people, rate_of
from folkmoot.ballots.states import PollState
from folkmoot.base import clock
from folkmoot.ui.numbers import number_text

MOST_PAPERS = 60
SECONDS_A_PAPER = 12


@dataclass(frozen=True)
class Check:
    """One thing looked at. Shapes: `text` in the reader's language."""

    name: str
    holds: bool
    text: str


def good(name: str, text: str) -> Check:
    return Check(name, holds=True, text=text)


def bad(name: str, text: str) -> Check:
    return Check(name, holds=False, text=text)


def said(sentence: KernelSentence) -> str:
    """A sentence of the kernel in the reader's language."""
    return sentence.said("zh-Hans" if get_language() == "zh-hans" else "en")


def preset_doubt(preset: Preset) -> str:
    """What an organiser should know of a rule whose numbers nobody has compared with the law in force; "" if sure."""
    if preset.is_checked:
        return ""
    return _("The law changed on %(day)s. Nobody has compared the numbers of this rule with the new text: "
             "they are those of before. Ask the office above before you rely on them.") % {
        "day": preset.valid_from.isoformat(),
    }  # fmt: skip


def doubt_of(poll: Poll) -> str:
    """The same of the rule by which a draft would be judged today."""
    try:
        return preset_doubt(preset(poll.preset, clock.today())) if poll.preset else ""
    except UnknownPreset:
        return ""


def minutes_needed(papers: int) -> int:
    """How long a voter will need: about 12 seconds for each paper."""
    return max(1, -(-papers * SECONDS_A_PAPER // 60))


def checks(poll: Poll) -> list[Check]:
    """Everything that is looked at before a poll opens, in the order of its set-up."""
    found = [*_papers(poll), *_calendar(poll), *(_openness(poll) if poll.is_open else _roll(poll))]
    if all(check.holds for check in found):
        joining = joining_of(poll)
        if poll.is_open:
            return [*found, *_keys(poll, joining), *_second(poll)]
        found += [
            *_secrecy(joining),
            *_composition(poll),
            *_slips(poll, joining),
            *_keys(poll, joining),
            *_second(poll),
        ]
    return found


def _papers(poll: Poll) -> Iterator[Check]:
    count = len(poll.papers.all())
    if not count:
        yield bad("papers", _("There is no paper yet. Add a question."))
    elif count > MOST_PAPERS:
        text = _("A voter would have %(count)d papers; %(most)d is the most. Ask one overall grade for each "
                 "subject, or hold several sittings.")  # fmt: skip
        yield bad("papers", text % {"count": count, "most": MOST_PAPERS})
    else:
        minutes = minutes_needed(count)
        text = ngettext(
            "A voter will need about %(minutes)d minute.",
            "A voter will need about %(minutes)d minutes.",
            minutes,
        )
        yield good("papers", text % {"minutes": minutes})


def _calendar(poll: Poll) -> Iterator[Check]:
    now = clock.now()
    casts, closes = poll.casts_at, poll.closes_at
    if casts is not None and casts <= now:
        yield bad("calendar", _("The vote would have to be open already. Choose a later moment."))
    elif closes is not None and closes <= (casts or now):
        yield bad("calendar", _("The vote would close before it is open."))
    elif not poll.is_two_phase:
        yield good("calendar", _(
            "Papers are taken and cast in the same days: each voter is hidden among those who have voted so far."
        ))  # fmt: skip
    else:
        yield good("calendar", _(
            "Papers are taken first and cast later: nobody can tell from the hour who has cast which."
        ))  # fmt: skip


def _roll(poll: Poll) -> Iterator[Check]:
    strata, sizes = list(poll.strata.all()), roll_sizes(poll)
    if not strata:
        yield bad("roll", _("There are no groups of voters yet. No roll, no poll."))
    for stratum in strata:
        if not sizes.get(stratum.pk):
            text = _("Nobody is on the roll as “%(stratum)s”. No roll, no poll.") % {"stratum": stratum}
            yield bad("roll", text)
    if strata and len(sizes) == len(strata):
        total = sum(sizes.values())
        text = ngettext("%(count)d person is on the roll.", "%(count)d people are on the roll.", total)
        yield good("roll", text % {"count": total})


def _openness(poll: Poll) -> Iterator[Check]:
    """In the place of a roll: the population, who could come now, and the rate."""
    yield good(
        "advisory",
        _("An open vote: self-selected and advisory. There is no roll, no quorum and no majority."),
    )
    if not poll.population:
        yield bad("roll", _("Say how many people live here: no more papers than that are given out."))
        return
    could = eligible_people(poll.area).count()
    facts = {"could": number_text(could), "population": number_text(poll.population), "k": 2 * poll.k}
    if min(could, poll.population) < 2 * poll.k:
        text = _(
            "Only %(could)s people could take part now: a phone confirmed, a home here. It takes %(k)d to hide anybody."
        )
        yield bad("roll", text % facts)
        return
    text = _(
        "%(could)s people could take part now: a phone confirmed, a home here. At most %(population)s get papers."
    )
    yield good("roll", text % facts)
    text = _(
        "Up to %(rate)s people a minute get their papers at once; more wait until two organisers let them in."
    )
    yield good("rate", text % {"rate": number_text(rate_of(poll))})


def _secrecy(joining: Joining) -> Iterator[Check]:
    """Which strata are joined and why, and why the poll cannot be secret, if it cannot."""
    for group in joining.groups:
        yield good("joined", said(group.reason))
    for refusal in joining.refusals:
        yield bad("secret", said(refusal))


def _composition(poll: Poll) -> Iterator[Check]:
    sizes = {stratum.code: roll_sizes(poll).get(stratum.pk, 0) for stratum in poll.strata.all()}
    for rule in poll.composition:
        share = _share(rule)
        counted = sum(sizes.get(code, 0) for code in rule["parts"])
        facts = {"counted": counted, "total": sum(sizes.values()), "share": said(share.words)}
        if set(rule["parts"]) <= set(sizes) and share.holds(counted, sum(sizes.values())):
            text = _("%(counted)d of %(total)d on the roll are those who have to be %(share)s.")
            yield good("composition", text % facts)
        else:
            text = _("Only %(counted)d of %(total)d on the roll are those who have to be %(share)s.")
            yield bad("composition", text % facts)


def rule_sentences(poll: Poll) -> list[str]:
    """The rules of composition in the reader's language, in their order."""
    names = {stratum.code: str(stratum) for stratum in poll.strata.all()}
    return [
        _("%(groups)s have to be %(share)s of all who take a paper.")
        % {
            "groups": " + ".join(names.get(code, code) for code in rule["parts"]),
            "share": said(_share(rule).words),
        }
        for rule in poll.composition
    ]


def _share(rule: Mapping[str, Any]) -> Share:
    numerator, denominator = rule["share"]
    return Share(numerator, denominator, strict=bool(rule["strict"]), base=Base.APPRAISERS)


def _slips(poll: Poll, joining: Joining) -> Iterator[Check]:
    batches = {batch.stratum.code: batch for batch in slip_batches(poll)}
    for group in joining.groups:
        if Channel.SLIP not in group.channels:
            continue
        names = {"strata": ", ".join(name.said(get_language() or "en") for name in group.names)}
        if group.id not in batches:
            yield bad("slips", _("The slips of “%(strata)s” are not printed yet.") % names)
        else:
            facts = {**names, "count": batches[group.id].printed}
            yield good("slips", _("%(count)d slips of “%(strata)s” are printed.") % facts)


def _keys(poll: Poll, joining: Joining) -> Iterator[Check]:
    missing = keys_needed(poll, joining) - pooled_keys().count()
    if missing > 0:
        text = ngettext(
            "%(count)d key is still being made. Wait a moment.",
            "%(count)d keys are still being made. Wait a moment.",
            missing,
        )
        yield bad("keys", text % {"count": missing})


def _second(poll: Poll) -> Iterator[Check]:
    agreement, said = agreement_on(poll), {"host": poll.second_registrar}
    if agreement and agreement.keys:
        yield good("second", _("The keys of %(host)s are here: nobody alone can make a ballot.") % said)
    elif agreement:
        yield bad("second", _("The keys of %(host)s are not here yet.") % said)


def keys_needed(poll: Poll, joining: Joining) -> int:
    """One for each paper and group that votes online."""
    online = [group for group in joining.groups if Channel.TOKEN in group.channels]
    return len(online) * len(poll.papers.all())


def pooled_keys() -> QuerySet[TokenKey]:
    """Token keys that no paper has yet."""
    return TokenKey.objects.filter(paper=None)


def slip_batches(poll: Poll) -> QuerySet[SlipBatch]:
    """The printed slips of a poll, by the group that draws them."""
    return SlipBatch.objects.filter(stratum__poll=poll).select_related("stratum")


def needed_by_drafts() -> int:
    """Keys that drafts would need if they opened now."""
    needed = 0
    for poll in Poll.objects.filter(state=PollState.DRAFT).prefetch_related("papers", "strata"):
        try:
            needed += keys_needed(poll, joining_of(poll))
        except MalformedStrata:  # nobody on the roll of one of them yet
            continue
    return needed
