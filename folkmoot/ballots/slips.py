"""The codes of slips: how they are drawn, written, read again, and what they are in each paper.

    code      26 characters of base32, 130 bits: WJ6TC Q2MXR A93TW ... printed in groups, typed in any way
    a slip in a paper is a P-256 key made of the code; the log knows its SHA-256

Pure: chance is an argument. Source: docs/reference/protocol.md, Credentials.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from folkmoot_kernel.es256 import point_of, private_key
from folkmoot_kernel.leaves import slip_hash
from folkmoot_kernel.recovery import slip_scalar
from folkmoot_kernel.sampling import Chance

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"  # RFC 4648 section 6
LETTERS = 26
HASH_BYTES = 32
_LOOKS_LIKE = str.maketrans("018", "OIB")  # no code has these digits: typed, they mean the letters


def new_code(chance: Chance) -> str:
    """A fresh code. Each byte gives one character; the three bits above are cut off."""
    return "".join(ALPHABET[byte & 31] for byte in chance(LETTERS))


def grouped(code: str) -> list[str]:
    """The code as it is printed: five groups of four and two of three."""
    cuts = [0, 4, 8, 12, 16, 20, 23, 26]
    return [code[start:end] for start, end in pairwise(cuts)]


def normal_slip_code(typed: str) -> str:
    """The code however it was typed or scanned; "" for what cannot be one."""
    bare = "".join(
        letter for letter in typed.rpartition("=")[2].upper().translate(_LOOKS_LIKE) if letter in ALPHABET
    )
    return bare if len(bare) == LETTERS else ""


def hash_in(code: str, context: bytes) -> bytes:
    """What a code is in the paper with this `slip_context`: SHA-256 of its public key."""
    return slip_hash(point_of(private_key(slip_scalar(code, paper=context)).public_key()))


def packed(hashes: Iterable[bytes]) -> bytes:
    """A list of hashes as it is stored: ascending, nothing between."""
    return b"".join(sorted(hashes))


def unpacked(data: bytes) -> Sequence[bytes]:
    return [data[place : place + HASH_BYTES] for place in range(0, len(data), HASH_BYTES)]
