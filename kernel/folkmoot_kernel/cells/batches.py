"""When waiting ballots go into the log, and in which order: so that neither tells who voted when."""

from collections.abc import Iterable
from dataclasses import dataclass

from folkmoot_kernel.papers import MAX_VOTERS_WITH_ONE_BATCH
from folkmoot_kernel.sentences import Sentence, sentence


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ballot of one cell that the box has promised and not yet published."""

    pk: bytes
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What is appended now, leaf hashes in ascending order; and what waits on."""

    appended: tuple[bytes, ...]
    waiting: tuple[Waiting, ...]
    reason: Sentence


def next_batch(waiting: Iterable[Waiting], *, k: int, voters: int, is_closed: bool) -> Batch:
    """Append half of a cell once 2k different keys wait, and at the close all that still waits.

    Half is counted in keys, those with the lowest leaf hashes; all ballots of a key go together, so that neither
    a batch nor what waits ever has fewer than k keys, however often somebody votes again. With fewer than 500
    `voters` there is one batch, at the close. Leaf hashes are of random bytes, so their order says nothing.
    Source: ballots.md, message 6.
    """
    ordered = sorted(waiting, key=lambda ballot: ballot.leaf)
    if is_closed:
        return _batch(ordered, (), "cells.batch_last")
    if voters <= MAX_VOTERS_WITH_ONE_BATCH:
        return Batch((), tuple(ordered), sentence("cells.batch_one"))
    keys = list(dict.fromkeys(ballot.pk for ballot in ordered))
    if len(keys) < 2 * k:
        return Batch((), tuple(ordered), sentence("cells.batch_waits", enough=2 * k))
    lower = set(keys[: len(keys) // 2])
    rest = tuple(ballot for ballot in ordered if ballot.pk not in lower)
    return _batch([ballot for ballot in ordered if ballot.pk in lower], rest, "cells.batch_half")


def _batch(appended: list[Waiting], rest: tuple[Waiting, ...], key: str) -> Batch:
    leaves = tuple(ballot.leaf for ballot in appended)
    return Batch(leaves, rest, sentence(key, ballots=len(leaves)))
