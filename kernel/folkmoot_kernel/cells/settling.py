"""From T1 to the close: slips given back, sheets shared, cells opened or not, and what may be shown meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from folkmoot_kernel.cells.joining import Group
from folkmoot_kernel.errors import MalformedStrata
from folkmoot_kernel.papers import HAND
from folkmoot_kernel.sentences import Sentence, sentence


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, and why."""

    holds: bool
    reason: Sentence


def settle_slips(drawn: int, *, k: int, has_tokens: bool, has_casting_begun: bool) -> Decision:
    """Decide whether the slips that a group has drawn are given back for tokens: when they are under k.

    Only before casting opens, because afterwards a slip may have voted already. Then all slips of the group are
    voided, also one that nobody brings back: it would be alone.
    """
    if drawn == 0:
        return Decision(holds=False, reason=sentence("cells.slips_none"))
    if drawn >= k:
        return Decision(holds=False, reason=sentence("cells.slips_kept", drawn=drawn, k=k))
    if has_casting_begun or not has_tokens:
        obstacle = sentence("cells.obstacle.cast" if has_casting_begun else "cells.obstacle.token")
        return Decision(holds=False, reason=sentence("cells.slips_stuck", k=k, obstacle=obstacle))
    return Decision(holds=True, reason=sentence("cells.slips_returned", k=k))


def settle_cell(ballots: int, *, k: int) -> Decision:
    """Decide whether a cell is opened. Shapes: `ballots` are different keys that voted, or hand papers."""
    if ballots == 0:
        return Decision(holds=False, reason=sentence("cells.empty"))
    if ballots < k:
        return Decision(holds=False, reason=sentence("cells.unopened", k=k))
    return Decision(holds=True, reason=sentence("cells.opened", ballots=ballots, k=k))


@dataclass(frozen=True, slots=True)
class HandSheet:
    """One sheet of hand papers: of which groups, how many papers, and whether it is counted out."""

    groups: tuple[str, ...]
    papers: int
    reason: Sentence
    opening: Decision


def hand_sheets(groups: Sequence[Group], papers: Mapping[str, int], *, k: int) -> tuple[HandSheet, ...]:
    """Put hand papers on sheets: a group with fewer than k shares that of the group it named at OPEN.

    Shapes: `papers` by the id of the group. The sheets have every paper on one of them; a group without any is on
    none, unless its neighbour shares with it. Raises: MalformedStrata for papers of an unknown group.
    """
    if not set(papers) <= {group.id for group in groups}:
        raise MalformedStrata(reason="there are hand papers of a group that does not exist")
    named = {group.id: group.shares_with for group in groups}
    sheets = [[group.id] for group in groups]
    is_moving = True
    while is_moving:
        is_moving = False
        for sheet in sheets:
            other = _neighbour(sheet, sheets, named)
            if 0 < _papers_on(sheet, papers) < k and other is not None:
                sheets = [each for each in sheets if each not in (sheet, other)] + [sheet + other]
                is_moving = True
                break
    by_id = {group.id: group for group in groups}
    order = list(by_id)
    sheets = sorted(sorted(sheet, key=order.index) for sheet in sheets)
    sheets.sort(key=lambda sheet: order.index(sheet[0]))
    return tuple(
        _sheet([by_id[name] for name in sheet], number, k)
        for sheet in sheets
        if (number := _papers_on(sheet, papers)) > 0
    )


def _papers_on(sheet: Sequence[str], papers: Mapping[str, int]) -> int:
    return sum(papers.get(name, 0) for name in sheet)


def _neighbour(
    sheet: Sequence[str], sheets: Sequence[list[str]], named: Mapping[str, str]
) -> list[str] | None:
    wanted = [named[name] for name in sheet if named[name] and named[name] not in sheet]
    return next((each for each in sheets if wanted and wanted[0] in each), None)


def _sheet(groups: Sequence[Group], papers: int, k: int) -> HandSheet:
    opening = settle_cell(papers, k=k)
    if len(groups) > 1:
        names = tuple(name for group in groups for name in group.names)
        reason = sentence("cells.sheet_shared", groups=names, k=k)
    else:
        reason = sentence("cells.sheet_alone", papers=papers, k=k) if opening.holds else opening.reason
    return HandSheet(tuple(group.id for group in groups), papers, reason, opening)


def stepped(number: int, *, k: int) -> int:
    """Round down to a step of k, so that no page shows one person coming. Source: ballots.md, section k."""
    return number - number % k


def turnout_sentence(number: int, *, k: int) -> Sentence:
    """Say how many have taken part so far, in steps of k."""
    if number < k:
        return sentence("cells.turnout_small", k=k)
    return sentence("cells.turnout", number=stepped(number, k=k))


def told_to_voter(groups: Sequence[Group], group: Group, channel: str, *, k: int) -> tuple[Sentence, ...]:
    """Say to a voter who takes a paper all that may happen to it because of small numbers."""
    told = [group.reason] if len(group.parts) > 1 else []
    neighbour = next((each for each in groups if each.id == group.shares_with), None)
    if channel == HAND and neighbour is not None:
        told.append(sentence("cells.told_hand", groups=neighbour.names, k=k))
    told.append(sentence("cells.told_voter", channel=sentence(f"channel.{channel}"), k=k))
    return tuple(told)
