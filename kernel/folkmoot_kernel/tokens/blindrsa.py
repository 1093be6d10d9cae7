"""Blind RSA signatures: the signer signs without seeing what, and cannot recognise it later.

    voter                                   registrar
    m = PSS encoding of the message
    z = m * r^e            -- z -->
                                            s' = z^d
    s = s' / r             <-- s' --
    s^e = m, an ordinary RSA-PSS signature with SHA-384

To the registrar z is a random number whatever m is, so nothing it keeps leads from z to s. That holds against a
registrar of any skill and any computer, for each m that the key can sign at all; `finalize` refuses all others.

Timing: everything here runs on the voter's device or handles public data only, in Python's whole numbers, which
do not take constant time. The private operation is in `rawrsa`.

Source: RFC 9474; ours is RSABSSA-SHA384-PSS-Deterministic, the others are here for its test vectors.
"""

import hashlib
import math
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA384

from folkmoot_kernel.errors import BlindingRefused, BlindSignatureRefused, TokenRequestRefused
from folkmoot_kernel.tokens.rawrsa import RawSigner

PREFIX_BYTES: Final = 32
_HASH_BYTES = 48


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the four ways of RFC 9474 section 5; all hash with SHA-384.

    `randomized` puts 32 random bytes before the message; `salt_bytes` is the length of the salt of PSS.
    """

    name: str
    salt_bytes: int
    randomized: bool

    def prepare(self, message: bytes, prefix: bytes = b"") -> bytes:
        """What is signed for a message. Raises: BlindingRefused. Source: RFC 9474 section 4.1."""
        if len(prefix) != (PREFIX_BYTES if self.randomized else 0):
            raise BlindingRefused(reason=f"{self.name} does not take a prefix of {len(prefix)} bytes")
        return prefix + message


RSABSSA_SHA384_PSS_RANDOMIZED = Variant("RSABSSA-SHA384-PSS-Randomized", 48, randomized=True)
RSABSSA_SHA384_PSSZERO_RANDOMIZED = Variant("RSABSSA-SHA384-PSSZERO-Randomized", 0, randomized=True)
RSABSSA_SHA384_PSS_DETERMINISTIC = Variant("RSABSSA-SHA384-PSS-Deterministic", 48, randomized=False)
RSABSSA_SHA384_PSSZERO_DETERMINISTIC = Variant("RSABSSA-SHA384-PSSZERO-Deterministic", 0, randomized=False)

VARIANTS = (
    RSABSSA_SHA384_PSS_RANDOMIZED,
    RSABSSA_SHA384_PSSZERO_RANDOMIZED,
    RSABSSA_SHA384_PSS_DETERMINISTIC,
    RSABSSA_SHA384_PSSZERO_DETERMINISTIC,
)


@dataclass(frozen=True, slots=True)
class Blinded:
    """A blinded message on its way: `message` goes to the signer, `inverse` stays secret with the voter."""

    message: bytes
    inverse: int = field(repr=False)


def blind(key: RSAPublicKey, message: bytes, *, salt: bytes, factor: int) -> Blinded:
    """Hide a prepared message from its signer.

    Shapes: `salt` has the variant's length; `factor` is secret, even below n, and used for one message only:
    `random_below(n, chance)` or `token_factor`.
    Raises: BlindingRefused.
    Source: RFC 9474 section 4.2.
    """
    numbers = key.public_numbers()
    encoded = int.from_bytes(pss_encode(message, numbers.n.bit_length() - 1, salt), "big")
    if not 0 < factor < numbers.n or math.gcd(encoded * factor, numbers.n) != 1:
        raise BlindingRefused(reason="a number shares a factor with the key")
    blinded = encoded * pow(factor, numbers.e, numbers.n) % numbers.n
    return Blinded(blinded.to_bytes(_modulus_bytes(key), "big"), pow(factor, -1, numbers.n))


def blind_sign(signer: RawSigner, blinded_message: bytes) -> bytes:
    """Sign a blinded message. Raises: TokenRequestRefused, SigningFailed. Source: RFC 9474 section 4.3."""
    size, value = signer.modulus_bytes, int.from_bytes(blinded_message, "big")
    if len(blinded_message) != size or value >= signer.modulus:
        raise TokenRequestRefused(reason="its blinded message is not a number below the modulus of the key")
    return signer.sign(value).to_bytes(size, "big")


def finalize(
    key: RSAPublicKey, message: bytes, blind_signature: bytes, inverse: int, *, salt_bytes: int
) -> bytes:
    """Take the blinding off, and give out the signature only if it verifies.

    Raises: BlindSignatureRefused.
    Source: RFC 9474 section 4.4.
    """
    size, n = _modulus_bytes(key), key.public_numbers().n
    if len(blind_signature) != size:
        raise BlindSignatureRefused
    signature = (int.from_bytes(blind_signature, "big") * inverse % n).to_bytes(size, "big")
    if not is_signature(key, message, signature, salt_bytes=salt_bytes):
        raise BlindSignatureRefused
    return signature


def is_signature(key: RSAPublicKey, message: bytes, signature: bytes, *, salt_bytes: int) -> bool:
    """Tell whether this is a signature of the key on a prepared message. Source: RFC 9474 section 4.5."""
    try:
        key.verify(signature, message, PSS(MGF1(SHA384()), salt_bytes), SHA384())
    except InvalidSignature:
        return False
    return True


def pss_encode(message: bytes, bits: int, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE with SHA-384. Raises: BlindingRefused. Source: RFC 8017 section 9.1.1."""
    size = (bits + 7) // 8
    zeros = size - _HASH_BYTES - len(salt) - 2
    if zeros < 0:
        raise BlindingRefused(reason="the key is too short for a signature with SHA-384")
    inner = hashlib.sha384(message).digest()
    digest = hashlib.sha384(bytes(8) + inner + salt).digest()
    block = bytes(zeros) + b"\x01" + salt
    mask = _mgf1(digest, len(block))
    top = 0xFF >> (8 * size - bits)
    masked = bytearray(a ^ b for a, b in zip(block, mask, strict=True))
    masked[0] &= top
    return bytes(masked) + digest + b"\xbc"


def _mgf1(seed: bytes, length: int) -> bytes:
    """Source: RFC 8017 appendix B.2.1."""
    count = -(-length // _HASH_BYTES)
    return b"".join(hashlib.sha384(seed + i.to_bytes(4, "big")).digest() for i in range(count))[:length]


def _modulus_bytes(key: RSAPublicKey) -> int:
    return (key.key_size + 7) // 8
