"""A result as pages show it: a sentence first, then the whole distribution, never a number that gives people away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from folkmoot_kernel.leaves import Result as ResultLeaf
from folkmoot_kernel.leaves import parse_leaf
from folkmoot_kernel.scales import RANKED

from folkmoot.ballots.models import Channel, Paper, Poll, Result, Stratum
from folkmoot.ui.components import Bar
from folkmoot.ui.numbers import number_text


@dataclass(frozen=True)
class ShownCell:
    """One group and way to vote. Shapes: `note` says why a cell stays closed, "" for an opened one."""

    group: str
    channel: str
    accepted: int
    spoiled: int
    note: str


@dataclass(frozen=True)
class ShownResult:
    """One paper. With `alike` under 2k there are no numbers: no bars, no cells, no n."""

    paper: Paper
    alike: str
    n: int
    bars: list[Bar]
    cells: list[ShownCell]
    verdicts: list[dict[str, Any]]
    chosen: str
    tied: str
    seed: str

    @property
    def is_numbered(self) -> bool:
        return bool(self.bars)


def option_words(option: Mapping[str, str]) -> str:
    """An answer in the reader's language, or in the one that it has."""
    wanted = "zh-Hans" if get_language() == "zh-hans" else "en"
    return option.get(wanted) or next(iter(option.values()), "")


def shown_result(paper: Paper, result: Result, strata: list[Stratum]) -> ShownResult:
    """What may be said of a paper's result. Source: design of the ballots, small groups."""
    leaf = parse_leaf(bytes(result.leaf))
    assert isinstance(leaf, ResultLeaf)
    k, total = paper.poll.k, leaf.total
    alike = _alike(paper, total.counts, total.n, k)
    is_hidden = not total.n or (bool(alike) and total.n < 2 * k)
    language = get_language() or "en"
    return ShownResult(
        paper=paper, alike=alike, n=total.n,
        bars=[] if is_hidden else _bars(paper, total.counts, total.n),
        cells=[] if alike and is_hidden else _cells(paper.poll, leaf, strata),
        verdicts=[{**each, "text": each.get(language, each["en"])} for each in result.verdict],
        chosen=_names(paper, total.elected), tied=_names(paper, total.tied), seed=leaf.seed,
    )  # fmt: skip


def _alike(paper: Paper, counts: tuple[int, ...], n: int, k: int) -> str:
    """The sentence for a count in which all say the same; below 2k it has no number."""
    if not n or any(count not in {0, n} for count in counts):
        return ""
    chosen = [option_words(option) for option, count in zip(paper.options, counts, strict=True) if count]
    facts = {"n": number_text(n), "answer": ", ".join(chosen) or _("none of them")}
    if paper.scale in RANKED:
        bare, numbered = (
            _("All put the same one first: %(answer)s."),
            _("All %(n)s put the same one first: %(answer)s."),
        )
    else:
        bare, numbered = _("All answered alike: %(answer)s."), _("All %(n)s answered alike: %(answer)s.")
    return (bare if n < 2 * k else numbered) % facts


def _bars(paper: Paper, counts: tuple[int, ...], n: int) -> list[Bar]:
    text = _("%(count)s of %(n)s")
    return [
        Bar(option_words(option), count, text % {"count": number_text(count), "n": number_text(n)})
        for option, count in zip(paper.options, counts, strict=True)
    ]


def _cells(poll: Poll, leaf: ResultLeaf, strata: list[Stratum]) -> list[ShownCell]:
    """The cells; those of a group under the name in which it votes."""
    heads: dict[str, list[str]] = {}
    codes = {stratum.pk: stratum.code for stratum in strata}
    for stratum in strata:
        heads.setdefault(codes[stratum.votes_in_id or stratum.pk], []).append(str(stratum))
    closed = _("fewer than %(k)d: stays closed") % {"k": poll.k}
    return [
        ShownCell(
            group=" + ".join(name for code in cell.strata for name in heads.get(code, [code])),
            channel=str(Channel(cell.channel).label), accepted=cell.accepted, spoiled=cell.spoiled,
            note="" if cell.tally is not None else closed,
        )
        for cell in leaf.cells
    ]  # fmt: skip


def _names(paper: Paper, places: tuple[int, ...]) -> str:
    return ", ".join(option_words(paper.options[place]) for place in places)
