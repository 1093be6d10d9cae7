"""The raw RSA private operation: s with s^e = m, blinded from outside and checked each time.

Two engines do the power, one of OpenSSL and one of plain Python, and are tested against each other. Around either
stands the same guard: what the engine sees is m * u^e for a secret u, so that the time it takes tells a requester
nothing about his message and the key; and an s that fails s^e = m, by a fault of the machine, never gets out,
because a single faulty signature can give away the factors of the key.
"""

import threading
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from folkmoot_kernel.errors import SigningFailed
from folkmoot_kernel.sampling import Chance, random_below
from folkmoot_kernel.tokens.libcrypto import LibcryptoKey, libcrypto

_USES_OF_A_BLIND = 32  # as OpenSSL does: squared between uses, drawn afresh after so many


class RawKey(Protocol):
    """Raises blocks, as long as the modulus and below it, to the exponents of one RSA key."""

    def private(self, block: bytes) -> bytes: ...

    def public(self, block: bytes) -> bytes: ...


class PurePythonKey:
    """The engine where OpenSSL is missing, some twenty times slower.

    Timing: Python's whole numbers do NOT take constant time. The blinding in `RawSigner` hides what a requester
    could choose; somebody who measures on the same machine may still learn about the key.
    """

    def __init__(self, key: RSAPrivateKey) -> None:
        numbers = key.private_numbers()
        self._n, self._e = numbers.public_numbers.n, numbers.public_numbers.e
        self._p, self._q, self._q_inverse = numbers.p, numbers.q, numbers.iqmp
        self._dp, self._dq = numbers.dmp1, numbers.dmq1
        self._size = (key.key_size + 7) // 8

    def private(self, block: bytes) -> bytes:
        """block^d mod n, by the Chinese remainder theorem. Source: RFC 8017 section 5.1.2."""
        value = int.from_bytes(block, "big")
        by_p, by_q = pow(value, self._dp, self._p), pow(value, self._dq, self._q)
        lift = (by_p - by_q) * self._q_inverse % self._p
        return (by_q + self._q * lift).to_bytes(self._size, "big")

    def public(self, block: bytes) -> bytes:
        """block^e mod n."""
        return pow(int.from_bytes(block, "big"), self._e, self._n).to_bytes(self._size, "big")


def raw_key(key: RSAPrivateKey) -> RawKey:
    """The faster engine that this machine has."""
    library = libcrypto()
    return PurePythonKey(key) if library is None else LibcryptoKey(key, library)


class RawSigner:
    """Signs numbers with a raw RSA key, blinded and checked. Threads may share it.

    Timing: the power is OpenSSL's (constant time) or Python's (not); the three multiplications around it are
    Python's and only ever see blinded numbers or the finished signature.
    Effects: draws from `chance` once every 32 signatures.
    """

    def __init__(self, key: RSAPrivateKey, *, chance: Chance, engine: RawKey | None = None) -> None:
        self._engine = engine or raw_key(key)
        self.modulus = key.public_key().public_numbers().n
        self.modulus_bytes = (key.key_size + 7) // 8
        self._chance = chance
        self._lock = threading.Lock()
        self._uses_left = 0
        self._blind = self._unblind = 0

    def sign(self, message: int) -> int:
        """The s below n with s^e = message. Shapes: 0 <= message < n. Raises: SigningFailed."""
        blind, unblind = self._next_blind()
        blinded = (message * blind % self.modulus).to_bytes(self.modulus_bytes, "big")
        signature = int.from_bytes(self._engine.private(blinded), "big") * unblind % self.modulus
        checked = self._engine.public(signature.to_bytes(self.modulus_bytes, "big"))
        if int.from_bytes(checked, "big") != message:
            raise SigningFailed
        return signature

    def _next_blind(self) -> tuple[int, int]:
        """u^e and 1/u for a secret u that is used once. Squares of both fit together again."""
        with self._lock:
            if self._uses_left == 0:
                secret = random_below(self.modulus, self._chance)
                power = self._engine.public(secret.to_bytes(self.modulus_bytes, "big"))
                self._blind, self._unblind = int.from_bytes(power, "big"), pow(secret, -1, self.modulus)
                self._uses_left = _USES_OF_A_BLIND
            else:
                self._blind = self._blind * self._blind % self.modulus
                self._unblind = self._unblind * self._unblind % self.modulus
            self._uses_left -= 1
            return self._blind, self._unblind
