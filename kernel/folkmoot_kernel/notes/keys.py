"""Keys of signed notes, written as Go's sumdb/note writes them."""

import hashlib
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from folkmoot_kernel.encoding import MAX_DECIMAL, b64, unb64
from folkmoot_kernel.errors import (
    MalformedBase64,
    MalformedCheckpoint,
    MalformedKey,
    SignatureRefused,
    WrongKeyKind,
)
from folkmoot_kernel.notes.checkpoint import Checkpoint
from folkmoot_kernel.notes.signature import (
    KEY_ID_BYTES,
    TIME_BYTES,
    Signature,
    is_key_name,
    require_note_text,
)

ED25519: Final = 0x01
COSIGNATURE_V1: Final = 0x04

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key by which a note is known to be somebody's.

    Shapes: `kind` is ED25519 (signs the text) or COSIGNATURE_V1 (signs text and time); `public` has 32 bytes.
    """

    name: str
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        _require_key(self.name, self.kind, self.public)

    @classmethod
    def parse(cls, vkey: str) -> "VerifierKey":
        """Read `<name>+<key ID>+<base64 of kind and key>`. Raises: MalformedKey."""
        name, _, rest = vkey.partition("+")
        key_id, _, encoded = rest.partition("+")
        key = cls(name, *_kind_and_key(encoded))
        if key.key_id.hex() != key_id:
            raise MalformedKey(reason="its key ID is not that of its name and public key")
        return key

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart; no protection against forgery."""
        hashed = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(hashed).digest()[:KEY_ID_BYTES]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64(bytes([self.kind]) + self.public)}"

    def has_made(self, signature: Signature) -> bool:
        """Tell whether the line names this key; only `verify` tells whether the key made it."""
        return (signature.name, signature.key_id) == (self.name, self.key_id)

    def verify(self, text: str, signature: Signature) -> None:
        """Accept only a signature of this key over this text. Raises: SignatureRefused."""
        try:
            if not self.has_made(signature) or (self.kind == COSIGNATURE_V1 and signature.time > MAX_DECIMAL):
                raise InvalidSignature
            message, data = text.encode(), signature.data
            if self.kind == COSIGNATURE_V1:
                message, data = _cosigned(text, signature.time), data[TIME_BYTES:]
            Ed25519PublicKey.from_public_bytes(self.public).verify(data, message)
        except InvalidSignature:
            raise SignatureRefused(name=self.name, key_id=self.key_id.hex()) from None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key that signs notes. Whoever has the `skey` text can sign.

    Shapes: `seed` is 32 bytes of chance, given by the caller: the kernel draws none.
    """

    name: str
    kind: int
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _require_key(self.name, self.kind, self.seed)

    @classmethod
    def parse(cls, skey: str) -> "SigningKey":
        """Read `PRIVATE+KEY+<name>+<key ID>+<base64 of kind and seed>`. Raises: MalformedKey."""
        parts = skey.split("+", 4)
        if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"]:
            raise MalformedKey(reason="a private key begins with PRIVATE+KEY+")
        key = cls(parts[2], *_kind_and_key(parts[4]))
        if key.verifier.key_id.hex() != parts[3]:
            raise MalformedKey(reason="its key ID is not that of its name and public key")
        return key

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(self.name, self.kind, self._private.public_key().public_bytes_raw())

    @property
    def skey(self) -> str:
        key_id = self.verifier.key_id.hex()
        return f"PRIVATE+KEY+{self.name}+{key_id}+{b64(bytes([self.kind]) + self.seed)}"

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def sign(self, text: str) -> Signature:
        """Sign a note's text. Raises: WrongKeyKind for a witness's key, MalformedNote."""
        self._require_kind(ED25519)
        require_note_text(text)
        return Signature(self.name, self.verifier.key_id, self._private.sign(text.encode()))

    def cosign(self, text: str, *, time: int) -> Signature:
        """State as a witness that at `time` this was the largest checkpoint seen of its log.

        Units: seconds since 1970.
        Raises: WrongKeyKind for a log's key, MalformedCheckpoint.
        Source: C2SP tlog-cosignature, Ed25519 signed message.
        """
        self._require_kind(COSIGNATURE_V1)
        if not 0 <= time <= MAX_DECIMAL:
            raise MalformedCheckpoint(reason="the time of a cosignature lies between 0 and 2^63 - 1")
        message = _cosigned(Checkpoint.parse(text).body, time)
        data = time.to_bytes(TIME_BYTES, "big") + self._private.sign(message)
        return Signature(self.name, self.verifier.key_id, data)

    def _require_kind(self, kind: int) -> None:
        if self.kind != kind:
            raise WrongKeyKind(name=self.name, kind=self.kind)


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _kind_and_key(encoded: str) -> tuple[int, bytes]:
    try:
        raw = unb64(encoded)
    except MalformedBase64:
        raw = b""
    if not raw:
        raise MalformedKey(reason="its last part is not base64") from None
    return raw[0], raw[1:]


def _require_key(name: str, kind: int, key: bytes) -> None:
    if not is_key_name(name):
        raise MalformedKey(reason="its name is empty or holds white space or a plus")
    if kind not in (ED25519, COSIGNATURE_V1):
        raise MalformedKey(reason="it is neither an Ed25519 key nor a cosignature/v1 key")
    if len(key) != _KEY_BYTES:
        raise MalformedKey(reason="an Ed25519 key has 32 bytes")
