"""Answers bound and sealed until close.

    C = SHA-256("folkmoot/open/v1" || pk || r || a)            65 bytes of key, 32 of chance, the answer
    o = HPKE to the cell's closing key, info = "folkmoot/seal/v1", aad = C,
        plaintext = r || a || 0x80 || 0x00 ... up to 33 bytes more than the paper's longest answer

The ballot shows C and the hash of o. Before close nobody on the box can read a; afterwards nobody can say another
a, because C fits only one. The padding has one spelling and is always cut the same way: the zeros at the end go,
then one 0x80 must go; every o of a paper therefore has the same length.

Timing: curve and cipher as in `hpke`; padding is cut in Python after the seal is known to be whole, and an opening
is public soon after.

Source: HPKE is RFC 9180; the padding is ISO/IEC 9797-1 method 2.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from folkmoot_kernel.errors import (
    AnswerTooLong,
    MalformedOpening,
    MalformedPoint,
    OpeningRefused,
    SealRefused,
)
from folkmoot_kernel.es256 import POINT_BYTES
from folkmoot_kernel.hpke import OVERHEAD_BYTES, RecipientKey, seal, unseal
from folkmoot_kernel.sampling import Chance

RANDOM_BYTES: Final = 32

_COMMIT_TAG = b"folkmoot/open/v1"
_SEAL_INFO = b"folkmoot/seal/v1"
_END = b"\x80"


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a ballot: 32 bytes of chance and the canonical answer. Raises: MalformedOpening."""

    random: bytes
    answer: bytes

    def __post_init__(self) -> None:
        if len(self.random) != RANDOM_BYTES:
            raise MalformedOpening(needed=RANDOM_BYTES, length=len(self.random))


def commitment(voter_key: bytes, opening: Opening) -> bytes:
    """C, which binds this voter's key to this answer and does not show it. Raises: MalformedPoint."""
    if len(voter_key) != POINT_BYTES:
        raise MalformedPoint
    return hashlib.sha256(_COMMIT_TAG + voter_key + opening.random + opening.answer).digest()


def verify_opening(voter_key: bytes, c: bytes, opening: Opening) -> None:
    """Accept only the opening to which C is bound. Raises: OpeningRefused, MalformedPoint."""
    if not hmac.compare_digest(commitment(voter_key, opening), c):
        raise OpeningRefused


def sealed_bytes(longest: int) -> int:
    """How long each sealed answer of a paper is. Units: `longest` is its longest answer in bytes."""
    return OVERHEAD_BYTES + RANDOM_BYTES + longest + 1


def seal_opening(closing_key: bytes, opening: Opening, *, c: bytes, longest: int, chance: Chance) -> bytes:
    """Seal an opening until close, as o. Raises: AnswerTooLong, MalformedPoint."""
    plaintext = opening.random + pad(opening.answer, longest)
    return seal(closing_key, plaintext, aad=c, info=_SEAL_INFO, chance=chance)


def unseal_opening(closing_key: RecipientKey, sealed: bytes, *, c: bytes, longest: int) -> Opening:
    """Read a sealed opening. It counts only after `verify_opening`. Raises: SealRefused."""
    if len(sealed) != sealed_bytes(longest):
        raise SealRefused(reason=f"sealed answers to this paper have {sealed_bytes(longest)} bytes")
    plaintext = unseal(closing_key, sealed, aad=c, info=_SEAL_INFO)
    return Opening(plaintext[:RANDOM_BYTES], unpad(plaintext[RANDOM_BYTES:]))


def pad(answer: bytes, longest: int) -> bytes:
    """Bring an answer to the length of the longest, and one more. Raises: AnswerTooLong."""
    if len(answer) > longest:
        raise AnswerTooLong(limit=longest, length=len(answer))
    return (answer + _END).ljust(longest + 1, b"\x00")


def unpad(padded: bytes) -> bytes:
    """Cut what `pad` added. Raises: SealRefused."""
    cut = padded.rstrip(b"\x00")
    if not cut.endswith(_END):
        raise SealRefused(reason="its padding does not end with 0x80 and zeros")
    return cut[:-1]
