"""A registrar's public key for tokens: RSA-2048, exponent 65537, in its one spelling.

    30 82 0152                                   the whole: 342 bytes
      30 3d 06 09 ...  id-RSASSA-PSS, SHA-384, MGF1 with SHA-384, salt of 48 bytes
      03 82 010f 00 30 82 010a
        02 82 0101 00 n                          256 bytes, the highest bit set
        02 03 010001                             e

Source: RFC 9578 section 6.5; RFC 4055 for RSASSA-PSS as an algorithm of a key.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from folkmoot_kernel.errors import MalformedTokenKey

EXPONENT: Final = 65_537
MODULUS_BITS: Final = 2048

_BEFORE = bytes.fromhex(
    "30820152"
    "303d06092a864886f70d01010a3030"
    "a00d300b0609608648016503040202"
    "a11a301806092a864886f70d010108300b0609608648016503040202"
    "a203020130"
    "0382010f003082010a0282010100"
)
_AFTER = bytes.fromhex("0203010001")
_KEY_BYTES = len(_BEFORE) + MODULUS_BITS // 8 + len(_AFTER)


@dataclass(frozen=True)
class TokenKey:
    """One registrar's public key of one stratum of one paper: a token it signed belongs to that stratum.

    Shapes: `spki` has 342 bytes and its one spelling, so equal keys have equal ids.
    Raises: MalformedTokenKey.
    """

    spki: bytes

    def __post_init__(self) -> None:
        begins, ends = self.spki.startswith(_BEFORE), self.spki.endswith(_AFTER)
        if len(self.spki) != _KEY_BYTES or not begins or not ends:
            raise MalformedTokenKey(reason="it is not RSASSA-PSS with SHA-384, 2048 bits and exponent 65537")
        if not self._modulus_bytes[0] & 0x80 or not self._modulus_bytes[-1] & 1:
            raise MalformedTokenKey(reason="its modulus is even or shorter than 2048 bits")

    @classmethod
    def of(cls, key: RSAPublicKey) -> "TokenKey":
        """Raises: MalformedTokenKey."""
        numbers = key.public_numbers()
        if numbers.e != EXPONENT or key.key_size != MODULUS_BITS:
            raise MalformedTokenKey(reason=f"it has {key.key_size} bits and the exponent {numbers.e}")
        return cls(_BEFORE + numbers.n.to_bytes(MODULUS_BITS // 8, "big") + _AFTER)

    @cached_property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.spki).digest()

    @property
    def truncated_key_id(self) -> int:
        """The one byte of a request. It cannot tell our many keys apart; the address asked does."""
        return self.key_id[-1]

    @property
    def modulus(self) -> int:
        return int.from_bytes(self._modulus_bytes, "big")

    @cached_property
    def rsa(self) -> RSAPublicKey:
        return RSAPublicNumbers(EXPONENT, self.modulus).public_key()

    @property
    def _modulus_bytes(self) -> bytes:
        return self.spki[len(_BEFORE) : -len(_AFTER)]
