"""What a count gives: the distribution first, then what it decides, and never a single rate."""

from dataclasses import dataclass
from fractions import Fraction

from folkmoot_kernel.scales import Answer
from folkmoot_kernel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class ChannelCount:
    """How many answers came by one channel: `n` of them count, `spoiled` do not."""

    channel: str
    n: int
    spoiled: int


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot of a count: in which stage, the first being 1, among which positions, and who was drawn."""

    stage: int
    among: tuple[int, ...]
    drawn: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a transferable vote, as it stands before its act.

    Shapes: `votes` for each position (of those elected: what they hold), `exhausted` has no further preference;
    all of them together are n at every stage. `elected` are deemed elected now; then `transferred` passes on its
    surplus, or `excluded` all it has; -1 is nobody.
    """

    votes: tuple[Fraction, ...]
    exhausted: Fraction
    elected: tuple[int, ...]
    transferred: int = -1
    excluded: int = -1


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who or what is chosen, as positions of options.

    Shapes: `elected` the most votes first (transferable vote: in the order of election); `tied` have the same
    claim to the `left` places, and nothing here breaks the tie. `preferred[a][b]`: how many rank a above b.
    """

    elected: tuple[int, ...]
    tied: tuple[int, ...]
    left: int
    sentence: Sentence
    preferred: tuple[tuple[int, ...], ...] = ()
    quota: int = 0
    stages: tuple[Stage, ...] = ()
    lots: tuple[Lot, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """The count of one paper over all its channels.

    Shapes: `distribution` has one number for each option in the order of the scale: answers that name it (ranked:
    that put it first). `channels` sorted by name. `alike` is the answer that all have given, None when they
    differ or when there is none. `outcome` is None where grades or yes and no are only shown: thresholds judge.
    """

    distribution: tuple[int, ...]
    n: int
    spoiled: int
    channels: tuple[ChannelCount, ...]
    alike: Answer | None
    outcome: Outcome | None
