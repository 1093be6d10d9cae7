"""Every key once: doubles, replays, and of several ballots of one key the last."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby

from folkmoot_kernel.verify.desk import Desk
from folkmoot_kernel.verify.findings import Finding
from folkmoot_kernel.verify.rows import Cast, Part, Rows, Sorting, read_rows, unpack_casts


@dataclass
class KeysRead:
    """Of one file of ballots. Shapes: `accepted` different keys of each cell; `counted` the ballot of each key that
    counts, cut by the first byte of c."""

    accepted: Counter[int] = field(default_factory=Counter)
    counted: Rows = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_keys(_desk: Desk, part: Part) -> KeysRead:
    read, counted = KeysRead(), Sorting()
    casts = sorted(unpack_casts(read_rows(part)), key=lambda cast: (cast.pk, cast.entry))
    for _, group in groupby(casts, key=lambda cast: cast.pk):
        ballots = list(group)
        first = ballots[0]
        last = max((b for b in ballots if b.cell == first.cell), key=lambda cast: cast.seq)
        seqs: set[int] = set()
        for ballot in ballots:
            if ballot.cell != first.cell:
                read.findings.append(_found("credential.replayed", ballot))
            elif ballot.seq in seqs:
                read.findings.append(_found("ballot.twice", ballot))
            seqs.add(ballot.seq)
        read.accepted[first.cell] += 1
        counted.add(last.c[0], last.pack())
    read.counted = counted.rows
    return read


def _found(key: str, ballot: Cast) -> Finding:
    return Finding(key, (("index", ballot.entry),))
