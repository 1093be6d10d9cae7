"""Answers as whole numbers: one code for each answer that a scale allows, so that millions are counted at once.

    one option chosen    its position                                     0, 1, 2 ...
    approval             bit i for the option at position i               {0, 2} -> 0b101
    ranked               3 bits a place, position + 1, the best lowest    (2, 0) -> 0b001_011

Codes of at most five ranked or eight approved options fit into two bytes, all others of one option into one.
"""

from array import array
from collections import Counter
from collections.abc import Iterable
from typing import Final, TypeAlias

from folkmoot_kernel.errors import KernelError, MalformedAnswer
from folkmoot_kernel.scales import APPROVAL, RANKED, Answer, Scale

try:
    import numpy
except ImportError:  # who only verifies needs nothing but `cryptography`
    numpy = None  # type: ignore[assignment]

Packed: TypeAlias = "bytes | bytearray | memoryview | array[int]"

RANK_BITS: Final = 3
CODES_AT_ONCE: Final = 1 << 18  # what fits into the processor's cache, and keeps memory flat
_DENSE_BYTES: Final = 2


def code_of(scale: Scale, answer: Answer) -> int:
    """Write an answer, the positions of its options, as its code. Raises: MalformedAnswer."""
    scale.answer(answer)
    if scale.kind == APPROVAL:
        return sum(1 << position for position in answer)
    if scale.kind in RANKED:
        return sum((position + 1) << RANK_BITS * place for place, position in enumerate(answer))
    return answer[0]


def answer_of(scale: Scale, code: int) -> Answer:
    """Read a code; none but that of `code_of` is taken. Raises: MalformedAnswer."""
    if scale.kind in RANKED and code > 0:
        places = range(-(-code.bit_length() // RANK_BITS))
        answer = tuple((code >> RANK_BITS * place) % (1 << RANK_BITS) - 1 for place in places)
        scale.answer(answer)
        return answer
    codes = 1 << len(scale.options) if scale.kind == APPROVAL else len(scale.options)
    if not 0 <= code < codes or scale.kind in RANKED:
        raise MalformedAnswer(reason="its code is that of no answer to this paper")
    if scale.kind == APPROVAL:
        return tuple(position for position in range(code.bit_length()) if code >> position & 1)
    return (code,)


def is_code(scale: Scale, code: int) -> bool:
    try:
        answer_of(scale, code)
    except KernelError:
        return False
    return True


def count_codes(codes: "Packed | Iterable[int]", *, plain: bool = False) -> dict[int, int]:
    """Count how often each code comes; in ascending order of the codes.

    Shapes: packed codes are unsigned, of one, two, four or eight bytes as their buffer says (`bytes`,
    `array("H")`, the `data` of a numpy array). numpy is used where it is there, unless `plain`: the same counts.
    """
    if not isinstance(codes, bytes | bytearray | memoryview | array):
        return dict(sorted(Counter(codes).items()))
    view = memoryview(codes)
    if view.format not in ("B", "H", "I", "L", "Q"):
        raise MalformedAnswer(reason=f"packed codes are unsigned numbers, not of the format {view.format!r}")
    if numpy is None or plain:
        return _counted_plainly(view)
    return _counted_by_numpy(view)


def _counted_by_numpy(view: memoryview) -> dict[int, int]:
    if view.nbytes == 0:
        return {}
    all_codes = numpy.frombuffer(view, dtype=view.format)
    if view.itemsize > _DENSE_BYTES:
        found, numbers = numpy.unique(all_codes, return_counts=True)
        return dict(zip(found.tolist(), numbers.tolist(), strict=True))
    totals = numpy.zeros(1 << 8 * view.itemsize, dtype=numpy.int64)
    for start in range(0, len(all_codes), CODES_AT_ONCE):
        part = numpy.bincount(all_codes[start : start + CODES_AT_ONCE])
        totals[: len(part)] += part
    return {code: int(totals[code]) for code in numpy.flatnonzero(totals).tolist()}


def _counted_plainly(view: memoryview) -> dict[int, int]:
    if view.itemsize > 1:
        return dict(sorted(Counter(view).items()))
    data, counts, left = bytes(view), {}, view.nbytes
    for code in range(256):  # one search for each code is ten times as fast as looking at each byte
        if left and (number := data.count(code)):
            counts[code] = number
            left -= number
    return counts
