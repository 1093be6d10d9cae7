"""A poll of many ballots as the files of its log, made on all cores: real tokens, real signatures, real openings."""

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from folkmoot_kernel.es256 import ORDER, point_of, private_key
from folkmoot_kernel.hpke import RecipientKey
from folkmoot_kernel.leaves import (
    Ballot,
    Close,
    CloseCell,
    ClosePart,
    Issued,
    IssuedPart,
    Opening,
    Result,
    ResultCell,
    Tally,
    list_root,
)
from folkmoot_kernel.merkle import leaf_hash, root_of
from folkmoot_kernel.notes import ED25519, Checkpoint, SigningKey, sign_note
from folkmoot_kernel.papers import Calendar, Paper, Part, Stratum, TokenChannel
from folkmoot_kernel.scales import RATING, Scale
from folkmoot_kernel.sealing import Opening as Sealed
from folkmoot_kernel.sealing import commitment
from folkmoot_kernel.tiles import ENTRIES, TILE_WIDTH, Tile, encode_bundle, extended_tiles
from folkmoot_kernel.tokens import TokenChallenge, TokenKey, voter_nonce
from folkmoot_kernel.tokens.structures import token_input

ORIGIN, BOX, REGISTRAR, POLL = "box.example/large", "box.example", "registrar.example", "large"
LOG = SigningKey(ORIGIN, ED25519, sha256(b"log").digest())
POLICY = f"log {LOG.verifier.vkey}\nquorum none\n"
PSS = padding.PSS(padding.MGF1(SHA384()), 48)
GRADES = tuple({"en": grade} for grade in ("Good", "Fairly good", "Average", "Poor"))
BATCH = 4_096


def publish(folder: Path, ballots: int) -> None:
    """Writes the files of the whole log."""
    registrar = rsa.generate_private_key(65_537, 2048)
    secret = registrar.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    closing = RecipientKey.draw(os.urandom)
    paper = paper_of(TokenKey.of(registrar.public_key()), closing)
    log = Log(folder)
    log.append(paper.encode())
    log.append(Issued(paper.id, (IssuedPart("all", ballots, ballots, list_root([])),)).encode())
    openings: list[tuple[bytes, bytes, bytes]] = []
    sizes = [min(BATCH, ballots - start) for start in range(0, ballots, BATCH)]
    with ProcessPoolExecutor() as pool:
        for entries, opened in pool.map(partial(batch, secret, paper.encode()), sizes):
            for entry in entries:
                log.append(entry)
            openings += opened
    cell = CloseCell("all", "token", ballots, ballots, 0, closing.secret)
    log.append(Close(paper.id, (cell,), (ClosePart("all", 0, 0),)).encode())
    for c, r, a in sorted(openings):
        log.append(Opening(c, r, a).encode())
    votes = Counter(a for _, _, a in openings)
    counts = Tally(ballots, tuple(votes[paper.scale.answer([grade])] for grade in range(4)))
    log.append(Result(paper.id, (ResultCell(("all",), "token", ballots, 0, counts),), counts).encode())
    log.finish()


def paper_of(key: TokenKey, closing: RecipientKey) -> Paper:
    words = {"en": "All"}
    token = TokenChannel((key.spki,), closing.public)
    return Paper(
        poll=POLL, question={"en": "How was it?"}, scale=Scale(RATING, GRADES), calendar=Calendar(1, 2, 3), k=10,
        box=BOX, registrars=(REGISTRAR,), strata=(Stratum("all", words, (Part("all", words),), token),), eligibility=words,
    )  # fmt: skip


def batch(
    secret: bytes, paper_entry: bytes, size: int
) -> tuple[list[bytes], list[tuple[bytes, bytes, bytes]]]:
    """One batch of ballots in its order, and what opens them."""
    paper, made = read_paper(paper_entry), [one(secret, paper_entry) for _ in range(size)]
    entries = sorted((ballot.encode() for ballot, _ in made), key=leaf_hash)
    assert all(ballot.paper == paper.id for ballot, _ in made)
    return entries, [(ballot.c, opening.random, opening.answer) for ballot, opening in made]


def one(secret: bytes, paper_entry: bytes) -> tuple[Ballot, Sealed]:
    paper, registrar = read_paper(paper_entry), read_key(secret)
    key = private_key(int.from_bytes(os.urandom(32), "big") % (ORDER - 1) + 1)
    pk = point_of(key.public_key())
    opening = Sealed(os.urandom(32), paper.scale.answer([os.urandom(1)[0] % 4]))
    key_id = TokenKey(paper.strata[0].token.keys[0]).key_id
    signed = token_input(voter_nonce(pk), TokenChallenge(REGISTRAR, paper.id, BOX).digest, key_id)
    token = signed + registrar.sign(signed, PSS, SHA384())
    ballot = Ballot(paper.id, "all", pk, (token,), 1, commitment(pk, opening), os.urandom(32))
    return ballot.signed(key), opening


@cache
def read_paper(entry: bytes) -> Paper:
    return Paper.decode(entry)


@cache
def read_key(secret: bytes) -> rsa.RSAPrivateKey:
    return load_der_private_key(secret, None)


class Log:
    """Bundles are written as they fill, tiles at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.waiting, self.hashes = folder, [], []

    def append(self, entry: bytes) -> None:
        self.waiting.append(entry)
        self.hashes.append(leaf_hash(entry))
        if len(self.waiting) == TILE_WIDTH:
            self._bundle()

    def finish(self) -> None:
        if self.waiting:
            self._bundle()
        for path, data in extended_tiles(0, self.hashes, _nothing):
            self._write(path, data)
        body = Checkpoint(ORIGIN, len(self.hashes), root_of(self.hashes)).body
        self._write("checkpoint", sign_note(body, LOG).encode())

    def _bundle(self) -> None:
        tile = Tile(ENTRIES, (len(self.hashes) - 1) // TILE_WIDTH, len(self.waiting))
        self._write(tile.path, encode_bundle(self.waiting))
        self.waiting = []

    def _write(self, path: str, data: bytes) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_bytes(data)


def _nothing(path: str) -> Iterator[bytes]:
    raise AssertionError(path)
