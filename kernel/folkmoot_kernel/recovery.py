"""Secret numbers of a voter made again from recovery words or from the code of a slip.

    candidates of a number for (seed, paper, label, context), i = 0, 1, ... 255:
      HKDF-SHA256(ikm = seed, salt = paper, info = "folkmoot/recovery/v1\\n" || label || "\\n" || context || i)

The same words on a second phone give the same key, salt and blinding factor, hence the same blinded message,
which the registrar answers as before. The price: whoever has the words can link the voter with the ballot.

The blinding factor and the salt depend on the registrar's key too: one factor under two keys would let two
registrars together recognise whose token they see.

Timing: HMAC and whole numbers of Python; runs on the voter's device only. The booth's recovery.js gives the same
numbers, held to it by vectors/recovery.json.

Source: RFC 5869; rejection sampling as in FIPS 186-5 appendix A.2.2.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator
from typing import Final

from folkmoot_kernel.errors import MalformedHash, MalformedLabel, WeakSeed
from folkmoot_kernel.es256 import ORDER
from folkmoot_kernel.sampling import bytes_below, first_below
from folkmoot_kernel.tokens import SALT_BYTES, TokenKey

MIN_SEED_BYTES: Final = 16

_TAG = b"folkmoot/recovery/v1\n"
_LABEL = re.compile(r"[a-z][a-z-]*")
_HASH_BYTES = 32
_CANDIDATES = 256


def voter_scalar(seed: bytes, *, paper: bytes) -> int:
    """The private key of a voter for one paper. Raises: WeakSeed, MalformedHash."""
    return derive_number(seed, ORDER, paper=paper, label="scalar")


def slip_scalar(code: str, *, paper: bytes) -> int:
    """The private key that a slip's code stands for in one paper. Raises: WeakSeed, MalformedHash.

    Shapes: `code` is 26 characters of base32 in capitals without spaces; its 130 bits are the only secret. `paper`
    is the paper's `slip_context`, because its leaf hash depends on the slips.
    """
    return derive_number(code.encode("ascii"), ORDER, paper=paper, label="slip")


def token_salt(seed: bytes, *, paper: bytes, key: TokenKey) -> bytes:
    """The salt of the signature a voter asks of this registrar's key. Raises: WeakSeed, MalformedHash."""
    return derive_bytes(seed, SALT_BYTES, paper=paper, label="salt", context=key.key_id)


def token_factor(seed: bytes, *, paper: bytes, key: TokenKey) -> int:
    """The blinding factor before this registrar's key. Raises: WeakSeed, MalformedHash."""
    return derive_number(seed, key.modulus, paper=paper, label="factor", context=key.key_id)


def derive_number(seed: bytes, bound: int, *, paper: bytes, label: str, context: bytes = b"") -> int:
    """A number from 1 to `bound` - 1, each as likely as any other to whoever lacks the seed.

    Shapes: `paper` is the paper's leaf hash, 32 bytes; `context` is empty or 32 bytes.
    Raises: WeakSeed, MalformedHash, MalformedLabel.
    """
    return first_below(bound, _candidates(seed, bytes_below(bound), paper, label, context))


def derive_bytes(seed: bytes, length: int, *, paper: bytes, label: str, context: bytes = b"") -> bytes:
    """The first candidate of so many bytes as it stands. Raises: WeakSeed, MalformedHash, MalformedLabel."""
    return next(_candidates(seed, length, paper, label, context))


def _candidates(seed: bytes, length: int, paper: bytes, label: str, context: bytes) -> Iterator[bytes]:
    if len(seed) < MIN_SEED_BYTES:
        raise WeakSeed(needed=MIN_SEED_BYTES, length=len(seed))
    if len(paper) != _HASH_BYTES or len(context) not in (0, _HASH_BYTES):
        raise MalformedHash(length=len(paper) if len(paper) != _HASH_BYTES else len(context))
    if not _LABEL.fullmatch(label):
        raise MalformedLabel(label=label)
    secret = hmac.digest(paper, seed, "sha256")
    info = _TAG + label.encode("ascii") + b"\n" + context
    return (_expand(secret, info + bytes([i]), length) for i in range(_CANDIDATES))


def _expand(secret: bytes, info: bytes, length: int) -> bytes:
    """Source: RFC 5869 section 2.3."""
    blocks, block = b"", b""
    for i in range(1, -(-length // hashlib.sha256().digest_size) + 1):
        block = hmac.digest(secret, block + info + bytes([i]), "sha256")
        blocks += block
    return blocks[:length]
