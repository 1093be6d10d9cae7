"""Merkle trees over SHA-256: hashes, roots, inclusion and consistency proofs (RFC 6962, RFC 9162).

The tree is never held. What makes proofs asks a `HashReader` for the few hashes it needs, whether they lie in
memory (`hashes_in`), in tiles (`tiles.hash_reader`) or in a database. In the words of RFC 6962 section 2.1:

    read(level, index) = MTH(D[index * 2**level : (index + 1) * 2**level])

and only complete subtrees are ever asked for. A leaf is always given as its hash, `leaf_hash(entry)`.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

from folkmoot_kernel.errors import (
    ConsistencyRefused,
    InclusionRefused,
    MalformedFrontier,
    MalformedHash,
    OutOfTree,
)

HashReader: TypeAlias = Callable[[int, int], bytes]

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

_OTHER_ROOT = "the hashes lead to another root"
_WRONG_LENGTH = "the proof has not the right number of hashes"


def leaf_hash(entry: bytes) -> bytes:
    """Hash one entry of the log. Source: RFC 6962 section 2.1, SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two children into their parent. Source: RFC 6962 section 2.1, SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: all that has to be kept to append leaves and to know the root.

    Shapes: `hashes` are the roots of the complete subtrees that make up the tree, from left to right, one for
    each 1 in the binary `size`: 32 bytes times log2(size) at most.
    Raises: MalformedFrontier, MalformedHash.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise MalformedFrontier(size=self.size, count=len(self.hashes))
        _require_hashes(*self.hashes)

    def extended(self, leaves: Iterable[bytes]) -> "Frontier":
        """Append leaf hashes, in memory that does not grow with their number."""
        size, edge = self.size, list(self.hashes)
        for leaf in leaves:
            _require_hashes(leaf)
            node, waiting = leaf, size
            while waiting & 1:
                node = node_hash(edge.pop(), node)
                waiting >>= 1
            edge.append(node)
            size += 1
        return Frontier(size, tuple(edge))

    @property
    def root(self) -> bytes:
        """MTH of all leaves so far; of none it is SHA-256 of nothing. Source: RFC 6962 section 2.1."""
        return _joined(self.hashes) if self.hashes else EMPTY_ROOT


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Root over leaf hashes, of which only O(log n) are ever held: they may come from an iterator."""
    return Frontier().extended(leaves).root


def hashes_in(leaves: Sequence[bytes]) -> HashReader:
    """Read the hashes of a small tree whose leaf hashes lie in memory."""

    def read(level: int, index: int) -> bytes:
        start, end = index << level, (index + 1) << level
        if index < 0 or end > len(leaves):
            raise OutOfTree(what=f"complete subtree {index} at level {level}", size=len(leaves))
        return root_of(leaves[start:end])

    return read


def read_frontier(size: int, read: HashReader) -> Frontier:
    """Take up a tree of `size` leaves where it was left, to append to it or to know its root."""
    return Frontier(size, tuple(read(level, index) for level, index in _complete_subtrees(0, size)))


def tree_root(size: int, read: HashReader) -> bytes:
    """Root of the first `size` leaves. Source: RFC 6962 section 2.1, MTH(D[0:size])."""
    return read_frontier(size, read).root


def inclusion_path(index: int, size: int, read: HashReader) -> list[bytes]:
    """Prove that leaf `index` is in the tree of `size` leaves.

    Shapes: sibling hashes from the leaf's up to the one below the root, at most ceil(log2(size)).
    Raises: OutOfTree.
    Source: RFC 6962 section 2.1.1, PATH(index, D[0:size]).
    """
    if not 0 <= index < size:
        raise OutOfTree(what=f"leaf {index}", size=size)
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _left_size(end - start)
        if index < middle:
            path.append(_range_root(middle, end, read))
            end = middle
        else:
            path.append(_range_root(start, middle, read))
            start = middle
    return path[::-1]


def consistency_path(old_size: int, new_size: int, read: HashReader) -> list[bytes]:
    """Prove that the tree of `old_size` leaves is the beginning of the tree of `new_size`.

    Shapes: at most ceil(log2(new_size)) + 1 hashes; none when the sizes are equal or the old tree is empty.
    Raises: OutOfTree.
    Source: RFC 6962 section 2.1.2, PROOF(old_size, D[0:new_size]).
    """
    if not 0 <= old_size <= new_size:
        raise OutOfTree(what=f"beginning of {old_size} leaves", size=new_size)
    if old_size in (0, new_size):
        return []
    path = []
    start, end = 0, new_size
    while old_size < end:
        middle = start + _left_size(end - start)
        if old_size <= middle:
            path.append(_range_root(middle, end, read))
            end = middle
        else:
            path.append(_range_root(start, middle, read))
            start = middle
    if start > 0:  # the old tree is not itself one of the subtrees, so its last piece has to be given
        path.append(_range_root(start, end, read))
    return path[::-1]


def verify_inclusion(*, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Accept only if `path` leads from the leaf hash at `index` to the root of the tree of `size` leaves.

    Raises: InclusionRefused, MalformedHash.
    Source: RFC 9162 section 2.1.3.2.
    """
    _require_hashes(leaf, root, *path)
    if not 0 <= index < size:
        raise InclusionRefused(index=index, size=size, reason="the tree has no such leaf")
    roots = _climbed(leaf, path, position=index, last=size - 1)
    if roots is None:
        raise InclusionRefused(index=index, size=size, reason=_WRONG_LENGTH)
    if roots[1] != root:
        raise InclusionRefused(index=index, size=size, reason=_OTHER_ROOT)


def verify_consistency(
    *, old_size: int, new_size: int, path: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Accept only if `path` shows that the new tree begins with exactly the leaves of the old one.

    Raises: ConsistencyRefused, MalformedHash.
    Source: RFC 9162 section 2.1.4.2. The RFC leaves out equal sizes and an empty old tree: they take an empty
    path, and only the roots that are possible.
    """
    _require_hashes(old_root, new_root, *path)
    if not 0 <= old_size <= new_size:
        raise ConsistencyRefused(old_size=old_size, new_size=new_size, reason="a log only grows")
    roots: tuple[bytes, bytes] | None
    if old_size in (0, new_size):
        possible = new_root if old_size else EMPTY_ROOT
        roots = None if path else (possible, new_root if new_size else EMPTY_ROOT)
    else:
        hashes = [old_root, *path] if old_size.bit_count() == 1 else [*path]
        shared_levels = (old_size & -old_size).bit_length() - 1  # of the old tree's last complete subtree
        position, last = (old_size - 1) >> shared_levels, (new_size - 1) >> shared_levels
        roots = _climbed(hashes[0], hashes[1:], position=position, last=last) if hashes else None
    if roots is None:
        raise ConsistencyRefused(old_size=old_size, new_size=new_size, reason=_WRONG_LENGTH)
    if roots != (old_root, new_root):
        raise ConsistencyRefused(old_size=old_size, new_size=new_size, reason=_OTHER_ROOT)


def _climbed(
    node: bytes, siblings: Sequence[bytes], *, position: int, last: int
) -> tuple[bytes, bytes] | None:
    """Climb from the node at `position` of a level whose rightmost node is at `last`.

    Shapes: (root over the leaves up to and including the node's, root over all leaves), or None when there
    are not exactly as many siblings as the way has.
    Source: the loop that RFC 9162 sections 2.1.3.2 and 2.1.4.2 have in common (fn = position, sn = last).
    """
    old = new = node
    for sibling in siblings:
        if last == 0:
            return None
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not position & 1 and position:  # a lone node has no sibling and climbs as it is
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    return (old, new) if last == 0 else None


def _left_size(size: int) -> int:
    """Largest power of two smaller than `size`: where RFC 6962 cuts a tree in two."""
    return 1 << ((size - 1).bit_length() - 1)


def _range_root(start: int, end: int, read: HashReader) -> bytes:
    hashes = [read(level, index) for level, index in _complete_subtrees(start, end)]
    _require_hashes(*hashes)
    return _joined(hashes)


def _complete_subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Level and index of the complete subtrees, largest first, of a piece cut as RFC 6962 cuts.

    Such a piece starts on the grid of its largest subtree, so all the others lie on their grids too.
    """
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _joined(subtrees: Sequence[bytes]) -> bytes:
    """Root over complete subtrees, largest first: the right ones are joined first."""
    return reduce(lambda right, left: node_hash(left, right), reversed(subtrees))


def _require_hashes(*hashes: bytes) -> None:
    for digest in hashes:
        if len(digest) != HASH_BYTES:
            raise MalformedHash(length=len(digest))
