"""Signatures of ballots: ECDSA on P-256 with SHA-256, 64 bytes r || s, and of s and n - s only the lower.

ECDSA allows both, so anybody could turn a ballot's signature into another that fits as well and give the same
ballot a second leaf hash. With the lower one only, bytes that are in the log cannot be copied with a twist.

Timing: keys and signatures are made by OpenSSL in constant time; turning s over is Python's and handles only
what is published. Signing is deterministic, so that the kernel needs no chance for it.

Source: RFC 7518 section 3.4 (ES256), RFC 6979, FIPS 186-5; points as in SEC 1 section 2.3.3, uncompressed.
"""

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from folkmoot_kernel.errors import BallotSignatureRefused, MalformedPoint, MalformedScalar

ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
POINT_BYTES: Final = 65
SCALAR_BYTES: Final = 32
ES256_BYTES: Final = 64

_CURVE = ec.SECP256R1()
_VERIFYING = ec.ECDSA(SHA256())
_SIGNING = ec.ECDSA(SHA256(), deterministic_signing=True)


def public_key(point: bytes) -> ec.EllipticCurvePublicKey:
    """Read a public key. Shapes: 65 bytes, 0x04 || x || y. Raises: MalformedPoint."""
    if len(point) != POINT_BYTES or point[0] != 4:
        raise MalformedPoint
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
    except ValueError:
        raise MalformedPoint from None


def private_key(scalar: int) -> ec.EllipticCurvePrivateKey:
    """The key of a secret number. Shapes: 1 <= scalar < ORDER. Raises: MalformedScalar."""
    if not 0 < scalar < ORDER:
        raise MalformedScalar
    return ec.derive_private_key(scalar, _CURVE)


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """Write a public key as 65 bytes, uncompressed."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def sign_es256(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """Sign a message; the same message gets the same 64 bytes."""
    r, s = decode_dss_signature(key.sign(message, _SIGNING))
    return r.to_bytes(SCALAR_BYTES, "big") + min(s, ORDER - s).to_bytes(SCALAR_BYTES, "big")


def verify_es256(point: bytes, message: bytes, signature: bytes) -> None:
    """Accept only the one spelling of a signature of this key. Raises: MalformedPoint, BallotSignatureRefused."""
    key = public_key(point)
    if len(signature) != ES256_BYTES:
        raise BallotSignatureRefused(reason="it does not have 64 bytes")
    r, s = int.from_bytes(signature[:SCALAR_BYTES], "big"), int.from_bytes(signature[SCALAR_BYTES:], "big")
    if s > ORDER // 2:
        raise BallotSignatureRefused(reason="it is not the lower of its two spellings")
    try:
        key.verify(encode_dss_signature(r, s), message, _VERIFYING)
    except InvalidSignature:
        raise BallotSignatureRefused(reason="another key or another ballot made it") from None
