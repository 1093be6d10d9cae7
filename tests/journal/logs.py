"""Logs of others, as they ask us for cosignatures."""

from dataclasses import dataclass, field

from folkmoot_kernel.merkle import consistency_path, hashes_in, leaf_hash, root_of
from folkmoot_kernel.notes import ED25519, Checkpoint, SigningKey, sign_note
from folkmoot_kernel.witness import AddCheckpoint

LEAVES = [leaf_hash(b"%d" % number) for number in range(40)]
FORKED = [*LEAVES[:5], leaf_hash(b"other"), *LEAVES[6:]]


@dataclass(frozen=True)
class ForeignLog:
    """A log of another place. Shapes: `leaves` hashes, of which a checkpoint holds the first ones."""

    origin: str = "green.example/journal"
    leaves: list[bytes] = field(default_factory=lambda: LEAVES)
    seed: bytes = bytes(32)

    @property
    def key(self) -> SigningKey:
        return SigningKey(self.origin, ED25519, self.seed)

    @property
    def vkey(self) -> str:
        return self.key.verifier.vkey

    def at(self, size: int) -> Checkpoint:
        return Checkpoint(self.origin, size, root_of(self.leaves[:size]))

    def asked(self, old: int, new: int) -> bytes:
        """The request to cosign the first `new` leaves after the first `old`."""
        path = tuple(consistency_path(old, new, hashes_in(self.leaves)))
        return AddCheckpoint(old, path, sign_note(self.at(new).body, self.key).encode()).encode()
