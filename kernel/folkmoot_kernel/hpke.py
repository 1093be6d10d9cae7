"""HPKE in base mode, one message: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM.

    sealed = enc, 65 bytes, the sender's point || the ciphertext with its tag of 16 bytes

Written out because the library's own interface takes no associated data; tests hold the two to each other.

Timing: the curve and AES-GCM are OpenSSL's, in constant time; HMAC is Python's hmac over OpenSSL. Deriving a key
from `chance` uses Python's whole numbers once, for comparing a candidate with the order of the curve.

Source: RFC 9180 sections 4, 4.1, 5.1, 6.1 and 7.1; vectors of appendix A.3.1.
"""

import hmac
from functools import cached_property
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from folkmoot_kernel.errors import MalformedPoint, MalformedScalar, SealRefused
from folkmoot_kernel.es256 import ORDER, POINT_BYTES, SCALAR_BYTES, point_of, private_key, public_key
from folkmoot_kernel.sampling import Chance, first_below

OVERHEAD_BYTES: Final = POINT_BYTES + 16

_KEM = b"KEM" + bytes.fromhex("0010")
_SUITE = b"HPKE" + bytes.fromhex("001000010001")
_VERSION = b"HPKE-v1"
_BASE = b"\x00"


class RecipientKey:
    """A private key to which messages are sealed. Raises: MalformedScalar. Shapes: `secret` has 32 bytes."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SCALAR_BYTES:
            raise MalformedScalar
        self._key = private_key(int.from_bytes(secret, "big"))
        self._secret = secret

    @classmethod
    def draw(cls, chance: Chance) -> "RecipientKey":
        """A fresh key."""
        return cls.derive(chance(SCALAR_BYTES))

    @classmethod
    def derive(cls, material: bytes) -> "RecipientKey":
        """The key of at least 32 secret bytes. Source: RFC 9180 section 7.1.3."""
        start = _extract(_KEM, b"", b"dkp_prk", material)
        candidates = (_expand(_KEM, start, b"candidate", bytes([i]), SCALAR_BYTES) for i in range(256))
        return cls(first_below(ORDER, candidates).to_bytes(SCALAR_BYTES, "big"))

    @property
    def secret(self) -> bytes:
        """The 32 bytes. Whoever has them opens everything sealed to this key."""
        return self._secret

    @cached_property
    def public(self) -> bytes:
        return point_of(self._key.public_key())

    def exchange(self, point: bytes) -> bytes:
        """The secret shared with the holder of another point's key. Raises: MalformedPoint."""
        return self._key.exchange(ec.ECDH(), public_key(point))


def seal(recipient: bytes, plaintext: bytes, *, aad: bytes, info: bytes, chance: Chance) -> bytes:
    """Seal a message to a public key, bound to `aad`.

    Shapes: `recipient` has 65 bytes; the result is `OVERHEAD_BYTES` longer than the message.
    Raises: MalformedPoint.
    Source: RFC 9180 section 6.1.
    """
    sender = RecipientKey.draw(chance)
    shared = _shared_secret(sender.exchange(recipient), sender.public, recipient)
    key, nonce = _key_and_nonce(shared, info)
    return sender.public + AESGCM(key).encrypt(nonce, plaintext, aad)


def unseal(key: RecipientKey, sealed: bytes, *, aad: bytes, info: bytes) -> bytes:
    """Open what was sealed to this key with the same `aad` and `info`. Raises: SealRefused."""
    point = sealed[:POINT_BYTES]
    try:
        shared = _shared_secret(key.exchange(point), point, key.public)
        aes, nonce = _key_and_nonce(shared, info)
        return AESGCM(aes).decrypt(nonce, sealed[POINT_BYTES:], aad)
    except MalformedPoint:
        raise SealRefused(reason="it does not begin with a point on the curve P-256") from None
    except InvalidTag:
        raise SealRefused(
            reason="it was sealed to another key or for another ballot, or was changed"
        ) from None


def _shared_secret(exchanged: bytes, enc: bytes, recipient: bytes) -> bytes:
    """Source: RFC 9180 section 4.1, ExtractAndExpand."""
    start = _extract(_KEM, b"", b"eae_prk", exchanged)
    return _expand(_KEM, start, b"shared_secret", enc + recipient, 32)


def _key_and_nonce(shared: bytes, info: bytes) -> tuple[bytes, bytes]:
    """Source: RFC 9180 section 5.1, KeySchedule without a pre-shared key."""
    context = _BASE + _extract(_SUITE, b"", b"psk_id_hash", b"") + _extract(_SUITE, b"", b"info_hash", info)
    secret = _extract(_SUITE, shared, b"secret", b"")
    return _expand(_SUITE, secret, b"key", context, 16), _expand(_SUITE, secret, b"base_nonce", context, 12)


def _extract(suite: bytes, salt: bytes, label: bytes, material: bytes) -> bytes:
    return hmac.digest(salt, _VERSION + suite + label + material, "sha256")


def _expand(suite: bytes, secret: bytes, label: bytes, info: bytes, length: int) -> bytes:
    """One block of HKDF, which is all that HPKE with SHA-256 ever asks for. Shapes: length <= 32."""
    labeled = length.to_bytes(2, "big") + _VERSION + suite + label + info
    return hmac.digest(secret, labeled + b"\x01", "sha256")[:length]
