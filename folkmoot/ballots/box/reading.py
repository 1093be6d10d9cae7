"""The bytes of POST /cast, and no other spelling of them.

    {"leaf":{"c":"…","creds":["…"],"oh":"…","paper":"…","pk":"…","seq":1,"sig":"…","stratum":"…",
     "type":"folkmoot/ballot/v1"},"o":"…"}

A leaf has one canonical spelling, so its grammar is a regular expression: whatever matches is canonical, and
matching costs a tenth of parsing JSON and writing it again. A test holds it equal to the kernel's `Ballot.decode`.
"""

import re
from binascii import a2b_base64
from hashlib import sha256
from typing import Final, NamedTuple

from folkmoot_kernel.encoding import MAX_INTEGER
from folkmoot_kernel.leaves import BALLOT_V1
from folkmoot_kernel.merkle import leaf_hash

from folkmoot.ballots.box.problems import Problem

MAX_CAST_BYTES: Final = 7_500  # tokens of nine registrars; a row of PostgreSQL has to fit on its page

_C = rb"[A-Za-z0-9_-]"  # six bits
_HASH = _C + rb"{42}[AEIMQUYcgkosw048]"  # 32 bytes: the two bits left over are zero
_POINT = _C + rb"{86}[AEIMQUYcgkosw048]"  # 65 bytes
_SIG = _C + rb"{85}[AQgw]"  # 64 bytes: four bits left over
_TOKEN = rb'"' + _C + rb'{472}"'  # 354 bytes, nothing left over
_SEALED = rb"(?:" + _C + rb"{4}){20,}(?:" + _C + rb"[AQgw]|" + _C + rb"{2}[AEIMQUYcgkosw048])?"
_BODY = re.compile(
    rb'\{"leaf":(?P<leaf>(?P<before>\{"c":"(?P<c>' + _HASH + rb')","creds":\[(?P<creds>(?:' + _TOKEN
    + rb"(?:," + _TOKEN + rb')*)?)\],"oh":"(?P<oh>' + _HASH + rb')","paper":"(?P<paper>' + _HASH
    + rb')","pk":"(?P<pk>' + _POINT + rb')","seq":(?P<seq>[1-9][0-9]{0,15}),)"sig":"(?P<sig>' + _SIG
    + rb')",(?P<after>"stratum":"(?P<stratum>[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?)","type":"'
    + re.escape(BALLOT_V1.encode()) + rb'"\})),"o":"(?P<o>' + _SEALED + rb')"\}'
)  # fmt: skip
_URL_TO_STANDARD = bytes.maketrans(b"-_", b"+/")


class Cast(NamedTuple):
    """A ballot as it came. Nothing about it is believed. `signed` is what `sig` covers, `hash` the leaf hash."""

    leaf: bytes
    hash: bytes
    signed: bytes
    paper: bytes
    stratum: str
    pk: bytes
    creds: tuple[bytes, ...]
    seq: int
    c: bytes
    oh: bytes
    sig: bytes
    o: bytes


def read_cast(body: bytes) -> Cast:
    """Raises Problem: malformed, too-long."""
    if len(body) > MAX_CAST_BYTES:
        raise Problem("too-long")
    found = _BODY.fullmatch(body)
    if found is None:
        raise Problem("malformed")
    leaf, before, c, creds, oh, paper, pk, seq, sig, after, stratum, o = found.groups()
    cast = Cast(
        leaf, leaf_hash(leaf), before + after, _octets(paper), stratum.decode(), _octets(pk),
        tuple(_octets(token[1:-1]) for token in creds.split(b",")) if creds else (),
        int(seq), _octets(c), _octets(oh), _octets(sig), _octets(o),
    )  # fmt: skip
    if cast.seq > MAX_INTEGER or sha256(cast.o).digest() != cast.oh:
        raise Problem("malformed")
    return cast


def _octets(text: bytes) -> bytes:
    return a2b_base64(text.translate(_URL_TO_STANDARD) + b"=" * (-len(text) % 4))
