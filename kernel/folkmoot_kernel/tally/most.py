"""The most votes: plurality and approval, for one place or several. A tie at the last place is said, not broken."""

from collections.abc import Sequence

from folkmoot_kernel.sentences import Fact, Name, Sentence, sentence
from folkmoot_kernel.tally.result import Outcome


def most_votes(votes: Sequence[int], places: int, names: Sequence[Name]) -> Outcome:
    """Give the places to the options with the most votes; who has none gets none, and the place stays empty.

    Options with more votes than the one after the last place are elected; those that share its number are
    elected too if there is room for all of them, else tied.
    """
    order = sorted(
        (position for position, number in enumerate(votes) if number), key=lambda p: (-votes[p], p)
    )
    if len(order) <= places:
        return _outcome(order, [], places - len(order), 0, names)
    last = votes[order[places]]
    elected = [position for position in order if votes[position] > last]
    tied = [position for position in order if votes[position] == last] if len(elected) < places else []
    return _outcome(elected, tied, places - len(elected), last, names)


def _outcome(elected: list[int], tied: list[int], left: int, votes: int, names: Sequence[Name]) -> Outcome:
    said = _sentence(_named(elected, names), _named(tied, names), left, votes)
    return Outcome(tuple(elected), tuple(tied), left, said)


def _named(positions: list[int], names: Sequence[Name]) -> tuple[Name, ...]:
    return tuple(names[position] for position in positions)


def _sentence(elected: tuple[Name, ...], tied: tuple[Name, ...], left: int, votes: int) -> Sentence:
    about_tie: dict[str, Fact] = {"tied": tied, "votes": votes, "left": left}
    if tied and elected:
        return sentence("tally.elected_then_tie", elected=elected, **about_tie)
    if tied:
        return sentence("tally.tie", **about_tie)
    if not elected:
        return sentence("tally.empty")
    return (
        sentence("tally.elected_fewer", elected=elected, left=left)
        if left
        else sentence("tally.elected", elected=elected)
    )
