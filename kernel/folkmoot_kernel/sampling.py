"""Even numbers below a bound out of even bytes, by rejection: no remainder is taken, so none comes up more often."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

Chance: TypeAlias = Callable[[int], bytes]
"""What draws so many secret bytes, such as `secrets.token_bytes`: the kernel itself draws none."""


def first_below(bound: int, candidates: Iterable[bytes]) -> int:
    """Take the first candidate that is a number from 1 to `bound` - 1; bits above those of the bound are cut off.

    Shapes: candidates of `bytes_below(bound)` bytes, big-endian. More than half of all candidates fit.
    Timing: the number of candidates looked at shows; they are independent of the one taken.
    Raises: StopIteration when the candidates run out.
    """
    mask = (1 << bound.bit_length()) - 1
    return next(number for data in candidates if 0 < (number := int.from_bytes(data, "big") & mask) < bound)


def bytes_below(bound: int) -> int:
    """How many bytes a candidate for a number below `bound` has."""
    return (bound.bit_length() + 7) // 8


def random_below(bound: int, chance: Chance) -> int:
    """Draw a number from 1 to `bound` - 1, each as likely as any other."""
    size = bytes_below(bound)
    return first_below(bound, iter(lambda: chance(size), b""))
