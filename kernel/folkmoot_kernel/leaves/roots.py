"""Roots that the log holds of lists it does not hold: sorted, so that a list has one root and no order."""

import hashlib
from collections.abc import Iterable

from folkmoot_kernel.merkle import leaf_hash, root_of


def slip_hash(pk: bytes) -> bytes:
    """What the log knows of a slip: SHA-256 of its 65-byte public key."""
    return hashlib.sha256(pk).digest()


def issued_hash(*, salt: bytes, person: str) -> bytes:
    """What the log knows of a person who has taken a paper. The salt, of 32 bytes, is that of the person's row."""
    return hashlib.sha256(salt + person.encode()).digest()


def list_root(hashes: Iterable[bytes]) -> bytes:
    """Root of a list of slips or of issued papers: an RFC 6962 tree whose entries are the hashes, ascending."""
    return root_of(map(leaf_hash, sorted(hashes)))
