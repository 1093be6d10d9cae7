"""The published log: files made from the store, at any time, any number of times, with the same bytes.

The checkpoint is written last and in one piece. Killed before that, the next call begins where the old checkpoint
ends; without any file, at the beginning. Signatures are Ed25519's and so the same each time. Only cosignatures have
to be asked for again: they are kept nowhere but under the checkpoint.
"""

import fcntl
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.merkle import inclusion_path, tree_root
from folkmoot_kernel.notes import Checkpoint, Policy, Signature, open_checkpoint, parse_note, sign_note
from folkmoot_kernel.tiles import (
    TILE_WIDTH,
    Tile,
    TlogProof,
    extended_bundles,
    extended_tiles,
    hash_reader,
    new_bundles,
    new_tiles,
)

from folkmoot.ballots.box.polls import Poll
from folkmoot.ballots.box.store.ballots import entries, log_size
from folkmoot.ballots.box.store.database import Database
from folkmoot.ballots.box.store.polls import witnesses

AT_ONCE = 16 * TILE_WIDTH


class Publication:
    """The files of one poll's log in `folder`."""

    def __init__(self, poll: Poll, folder: Path, address: str) -> None:
        self.poll, self.folder, self.address = poll, folder, address

    def publish(self, database: Database) -> None:
        """Write what the files lack. Effects: files, each whole or not there; a checkpoint only after its tiles."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with held(self.folder / ".lock"):
            old, size = self.size, log_size(database, self.poll.name)
            if size == old:
                return
            self._write_lists(database)
            at = old
            while at < size:
                end = min(size, (at // AT_ONCE + 1) * AT_ONCE)
                self._extend(at, list(entries(database, self.poll.name, at, end)))
                at = end
            checkpoint = Checkpoint(self.poll.origin, size, tree_root(size, hash_reader(size, self.fetch)))
            write(self.folder / "checkpoint", sign_note(checkpoint.body, self.poll.key).encode())
            self._drop_partial(old, size)

    def cosign(self, signature: Signature) -> bool:
        """Put a witness's signature under the newest checkpoint; False when this witness is none of the policy.

        Raises: SignatureRefused, also when the log has grown since.
        """
        with held(self.folder / ".lock"):
            policy = Policy.parse(self.fetch("policy").decode())
            key = next((key for key in policy.witnesses.values() if key.has_made(signature)), None)
            if key is None:
                return False
            note = parse_note(self.checkpoint)
            key.verify(note.text, signature)
            write(self.folder / "checkpoint", note.with_signatures(signature).encode())
        return True

    def _extend(self, size: int, found: list[tuple[bytes, bytes]]) -> None:
        hashes, leaves = [digest for digest, _ in found], [leaf for _, leaf in found]
        for path, data in (
            *extended_tiles(size, hashes, self.fetch),
            *extended_bundles(size, leaves, self.fetch),
        ):
            write(self.folder / path, data)

    def _write_lists(self, database: Database) -> None:
        policy = f"log {self.poll.key.verifier.vkey} {self.address}\n{witnesses(database, self.poll.name)}"
        write(self.folder / "policy", policy.encode())
        for root, hashes in database.rows("SELECT root, hashes FROM slips WHERE poll = ?", self.poll.name):
            write(self.folder / "slips" / b64u(root), hashes)

    def _drop_partial(self, old: int, size: int) -> None:
        """Remove partial tiles whose full one is there now, as C2SP tlog-tiles allows."""
        for tile in (*new_tiles(old, size), *new_bundles(old, size)):
            if tile.width == TILE_WIDTH:
                shutil.rmtree(self.folder / f"{tile.path}.p", ignore_errors=True)

    def fetch(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    @property
    def checkpoint(self) -> bytes:
        """The newest checkpoint as published; empty before there is one."""
        try:
            return self.fetch("checkpoint")
        except FileNotFoundError:
            return b""

    @property
    def size(self) -> int:
        """How many leaves the files hold for sure. A checkpoint that is not ours counts for nothing."""
        try:
            known = open_checkpoint(self.checkpoint, origin=self.poll.origin, log_key=self.poll.key.verifier)
        except KernelError:
            return 0
        return known.size

    def proof(self, number: int) -> bytes:
        """The `.tlog-proof` of one leaf. Raises KeyError while it is not in the published tree."""
        with held(self.folder / ".lock"):
            checkpoint, size = self.checkpoint, self.size
            if number >= size:
                raise KeyError(number)
            path = inclusion_path(number, size, hash_reader(size, self.fetch))
        return TlogProof(number, tuple(path), checkpoint).encode()

    def bundle(self) -> Path:
        """The whole log in one .zip, made anew when the log has grown."""
        target = self.folder / "bundle.zip"
        with held(self.folder / ".lock"):
            made, checkpoint = target.exists(), self.folder / "checkpoint"
            if not made or target.stat().st_mtime_ns < checkpoint.stat().st_mtime_ns:
                draft = self.folder / ".bundle.part"
                with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
                    for name in self._names():
                        archive.write(self.folder / name, name)
                draft.replace(target)
        return target

    def _names(self) -> Iterator[str]:
        yield from ("checkpoint", "policy")
        yield from sorted(f"slips/{path.name}" for path in (self.folder / "slips").glob("*"))
        size = self.size
        yield from (tile.path for tile in (*new_tiles(0, size), *new_bundles(0, size)))


def is_log_path(path: str) -> bool:
    """Whether a path below a log names one of its files, in its one spelling."""
    if path in ("checkpoint", "policy"):
        return True
    kind, _, name = path.partition("/")
    if kind == "slips":
        return len(name) == 43 and name.replace("-", "").replace("_", "").isalnum() and name.isascii()
    try:
        return bool(Tile.parse(path))
    except KernelError:
        return False


def write(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all, and on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """One worker at a time; the lock ends with its process."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
