"""What one process does with one bundle of entries: parse, hash, check credentials and signatures, cut into rows."""

from dataclasses import dataclass, field
from typing import NamedTuple

from folkmoot_kernel.errors import (
    BallotSignatureRefused,
    KernelError,
    MalformedPoint,
)
from folkmoot_kernel.es256 import ORDER, verify_es256
from folkmoot_kernel.leaves import BALLOT_END, Ballot, Leaf, Opening, decode_signed, parse_leaf, slip_hash
from folkmoot_kernel.merkle import Frontier, leaf_hash, node_hash
from folkmoot_kernel.papers import SLIP
from folkmoot_kernel.tiles import ENTRIES, TILE_WIDTH, Tile, parse_bundle
from folkmoot_kernel.tokens import Token, is_token, voter_nonce
from folkmoot_kernel.tokens.structures import token_input
from folkmoot_kernel.verify.electorate import Cell, Electorate
from folkmoot_kernel.verify.findings import Finding
from folkmoot_kernel.verify.rows import Cast, Opened, Rows, Sorting

SCALAR_BYTES = 32
HALF_ORDER = (ORDER // 2).to_bytes(SCALAR_BYTES, "big")


@dataclass(frozen=True)
class Desk:
    """What every job of a check needs. Shapes: `promised` leaf hashes that voters hold promises for."""

    electorate: Electorate
    promised: frozenset[bytes] = frozenset()


class BundleJob(NamedTuple):
    """One bundle of entries and its tile of leaf hashes as they lie in the log."""

    number: int
    width: int
    entries: bytes
    hashes: bytes


class Seen(NamedTuple):
    """A ballot as the order of the log needs it."""

    entry: int
    cell: int
    hash: bytes
    pk: bytes


@dataclass
class BundleRead:
    """What one bundle held. Shapes: `edge` the frontier over its leaves alone; `others` all leaves but ballots and
    openings; `slips` (paper and stratum, SHA-256(pk)) of ballots with slips."""

    width: int
    edge: Frontier = field(default_factory=Frontier)
    ballots: list[Seen] = field(default_factory=list)
    others: list[tuple[int, Leaf]] = field(default_factory=list)
    slips: list[tuple[tuple[bytes, str], bytes]] = field(default_factory=list)
    kept: set[bytes] = field(default_factory=set)
    casts: Rows = field(default_factory=dict)
    opened: Rows = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def find(self, key: str, **facts: str | int) -> None:
        self.findings.append(Finding(key, tuple(sorted(facts.items()))))


class _NotCounted(Exception):  # why a ballot does not count; never leaves this file
    def __init__(self, key: str, **facts: str | int) -> None:
        self.key, self.facts = key, facts


def read_bundle(desk: Desk, job: BundleJob) -> BundleRead:
    """Read one bundle; nothing in it makes this raise."""
    read = BundleRead(job.width)
    try:
        entries = parse_bundle(job.entries, job.width)
    except KernelError:
        read.find("log.unreadable", path=Tile(ENTRIES, job.number, job.width).path)
        return read
    hashes = list(map(leaf_hash, entries))
    if b"".join(hashes) != job.hashes:
        read.find("log.tile", path=Tile(0, job.number, job.width).path)
    read.edge = (
        Frontier(TILE_WIDTH, (_root(hashes),)) if job.width == TILE_WIDTH else Frontier().extended(hashes)
    )
    read.kept = set(desk.promised.intersection(hashes))
    casts, opened = Sorting(), Sorting()
    for index, (entry, digest) in enumerate(zip(entries, hashes, strict=True), job.number * TILE_WIDTH):
        try:
            if entry.endswith(BALLOT_END):
                _take_ballot(desk.electorate, read, casts, Seen(index, 0, digest, b""), entry)
                continue
            leaf = parse_leaf(entry)
        except KernelError as error:
            read.find("leaf.refused", index=index, reason=str(error))
            continue
        if isinstance(leaf, Opening):
            opened.add(leaf.c[0], Opened(index, leaf.c, leaf.r, leaf.a).pack())
        else:
            read.others.append((index, leaf))
    read.casts, read.opened = casts.rows, opened.rows
    return read


def _root(hashes: list[bytes]) -> bytes:
    """Root of a full bundle, level by level: twice as fast as leaf by leaf."""
    while len(hashes) > 1:
        hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def _take_ballot(electorate: Electorate, read: BundleRead, casts: Sorting, seen: Seen, entry: bytes) -> None:
    ballot, signed = decode_signed(entry)
    try:
        cell = _checked(electorate, ballot, signed)
    except _NotCounted as reason:
        read.find(reason.key, index=seen.entry, **reason.facts)
        return
    read.ballots.append(Seen(seen.entry, cell.number, seen.hash, ballot.pk))
    if cell.channel == SLIP:
        read.slips.append(((ballot.paper, ballot.stratum), slip_hash(ballot.pk)))
    row = Cast(cell.number, seen.entry, ballot.seq, ballot.pk, ballot.c, ballot.oh)
    casts.add(ballot.pk[-1], row.pack())  # the last byte of a point is as good as chance


def _checked(electorate: Electorate, ballot: Ballot, signed: bytes) -> Cell:
    """Find the cell of a ballot that was cast rightly. Raises: _NotCounted."""
    cell = electorate.cell_of.get((ballot.paper, ballot.stratum, ballot.channel))
    if cell is None:
        paper = electorate.number_of.get(ballot.paper)
        if paper is None or electorate.papers[paper].stratum(ballot.stratum) is None:
            raise _NotCounted("leaf.stranger", kind="ballot")
        raise _NotCounted("ballot.channel", stratum=ballot.stratum)
    if cell.channel == SLIP:
        if slip_hash(ballot.pk) not in electorate.slips.get((ballot.paper, ballot.stratum), ()):
            raise _NotCounted("credential.slip", stratum=ballot.stratum)
        if ballot.seq != 1:
            raise _NotCounted("slip.revoted")
    else:
        _check_tokens(electorate, cell, ballot)
    _check_signature(ballot, signed)
    return cell


def _check_tokens(electorate: Electorate, cell: Cell, ballot: Ballot) -> None:
    keys, challenges = electorate.token_keys[cell.number], electorate.challenges[cell.paper]
    if len(ballot.creds) != len(challenges):
        raise _NotCounted("credential.number")
    nonce = voter_nonce(ballot.pk)
    for token, key, challenge in zip(ballot.creds, keys, challenges, strict=False):
        expected = token_input(nonce, challenge.digest, key.key_id)
        if not is_token(token, expected, key=key):
            raise _NotCounted(_why_refused(electorate, cell, token, expected))
    if not keys:
        raise _NotCounted("credential.signature")


def _why_refused(electorate: Electorate, cell: Cell, data: bytes, expected: bytes) -> str:
    """Why a token does not count: it was made for something else than what is `expected`, or not signed so."""
    try:
        token, fitting = Token.parse(data), Token.parse(expected + data[len(expected) :])
    except KernelError:
        return "credential.signature"
    if token.challenge_digest != fitting.challenge_digest:
        return "credential.paper"
    if token.token_key_id == fitting.token_key_id:
        return "credential.signature" if token.nonce == fitting.nonce else "credential.key"
    place = electorate.strata_of_keys.get(token.token_key_id)
    if place is None:
        return "credential.signature"
    return "credential.registrar" if place == (cell.paper, cell.stratum.id) else "credential.stratum"


def _check_signature(ballot: Ballot, signed: bytes) -> None:
    if ballot.sig[SCALAR_BYTES:] > HALF_ORDER:
        raise _NotCounted("ballot.high_s")
    try:
        verify_es256(ballot.pk, signed, ballot.sig)
    except (BallotSignatureRefused, MalformedPoint):
        raise _NotCounted("ballot.signature") from None
