"""The messages of token type 2, byte for byte.

    TokenChallenge   0x0002 | issuer_name, 2 bytes of length before it | redemption_context, 1 byte of length
                     before it, 0 or 32 bytes | origin_info, 2 bytes of length before it
    TokenRequest     0x0002 | last byte of the token key id | blinded_msg, 256 bytes             = 259 bytes
    TokenResponse    blind_sig, 256 bytes                                                         = 256 bytes
    Token            0x0002 | nonce, 32 | challenge_digest, 32 | token_key_id, 32 | authenticator, 256 = 354 bytes

Whoever takes part in a paper writes the same challenge: issuer_name is the registrar's host, redemption_context
the leaf hash of the paper, origin_info the host of the box.

Source: RFC 9577 section 2.1 and 2.2, RFC 9578 section 6.
"""

import hashlib
import struct
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from folkmoot_kernel.errors import MalformedToken

TOKEN_TYPE: Final = 0x0002
HASH_BYTES: Final = 32
SIGNATURE_BYTES: Final = 256
TOKEN_BYTES: Final = 354
REQUEST_BYTES: Final = 259

_TYPE = TOKEN_TYPE.to_bytes(2, "big")
_MAX_TEXT_BYTES = 65_535
_VOTER_KEY_TAG = b"folkmoot/pk/v1"


def voter_nonce(voter_key: bytes) -> bytes:
    """The nonce that binds a token to the voter's key. Shapes: SHA-256(tag || 65 bytes of key) -> 32 bytes."""
    return hashlib.sha256(_VOTER_KEY_TAG + voter_key).digest()


@dataclass(frozen=True)
class TokenChallenge:
    """What a token is good for: which registrar, which paper, which box. Raises: MalformedToken."""

    issuer_name: str
    redemption_context: bytes
    origin_info: str

    def __post_init__(self) -> None:
        if not 0 < len(_text(self.issuer_name)) <= _MAX_TEXT_BYTES:
            raise _malformed("challenge", "the name of its issuer is empty or too long")
        if len(self.redemption_context) not in (0, HASH_BYTES):
            raise _malformed("challenge", "its context has neither 0 nor 32 bytes")
        if len(_text(self.origin_info)) > _MAX_TEXT_BYTES:
            raise _malformed("challenge", "the name of its origin is too long")

    @classmethod
    def parse(cls, data: bytes) -> "TokenChallenge":
        """Raises: MalformedToken."""
        try:
            (kind, issuer), rest = struct.unpack_from(">HH", data), data[4:]
            context_at = issuer + 1
            origin_at = context_at + rest[issuer] + 2
            challenge = cls(
                rest[:issuer].decode("ascii"),
                rest[context_at : origin_at - 2],
                rest[origin_at:].decode("ascii"),
            )
        except (IndexError, struct.error, UnicodeDecodeError):
            raise _malformed("challenge", "it ends too early or its names are not ASCII") from None
        if kind != TOKEN_TYPE or challenge.encode() != data:
            raise _malformed("challenge", "its type or one of its lengths is wrong")
        return challenge

    def encode(self) -> bytes:
        issuer, origin = _text(self.issuer_name), _text(self.origin_info)
        context = bytes([len(self.redemption_context)]) + self.redemption_context
        return _TYPE + _long(issuer) + context + _long(origin)

    @cached_property
    def digest(self) -> bytes:
        return hashlib.sha256(self.encode()).digest()


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A blinded message to be signed by the key whose id ends with `truncated_key_id`. Raises: MalformedToken."""

    truncated_key_id: int
    blinded_message: bytes

    def __post_init__(self) -> None:
        if not 0 <= self.truncated_key_id <= 0xFF or len(self.blinded_message) != SIGNATURE_BYTES:
            raise _malformed("request", "it takes one byte of key id and 256 bytes of message")

    @classmethod
    def parse(cls, data: bytes) -> "TokenRequest":
        """Raises: MalformedToken."""
        if len(data) != REQUEST_BYTES or data[:2] != _TYPE:
            raise _malformed("request", "its type or its length is wrong")
        return cls(data[2], data[3:])

    def encode(self) -> bytes:
        return _TYPE + bytes([self.truncated_key_id]) + self.blinded_message


@dataclass(frozen=True, slots=True)
class TokenResponse:
    """The blind signature. Raises: MalformedToken."""

    blind_signature: bytes

    def __post_init__(self) -> None:
        if len(self.blind_signature) != SIGNATURE_BYTES:
            raise _malformed("response", "it does not have 256 bytes")

    @classmethod
    def parse(cls, data: bytes) -> "TokenResponse":
        """Raises: MalformedToken."""
        return cls(data)

    def encode(self) -> bytes:
        return self.blind_signature


@dataclass(frozen=True, slots=True)
class Token:
    """A credential: the right to put one ballot, signed by `nonce`'s key, into one paper. Raises: MalformedToken."""

    nonce: bytes
    challenge_digest: bytes
    token_key_id: bytes
    authenticator: bytes

    def __post_init__(self) -> None:
        hashes = (self.nonce, self.challenge_digest, self.token_key_id)
        if {len(part) for part in hashes} != {HASH_BYTES} or len(self.authenticator) != SIGNATURE_BYTES:
            raise _malformed("token", "one of its parts has a wrong length")

    @classmethod
    def parse(cls, data: bytes) -> "Token":
        """Raises: MalformedToken."""
        if len(data) != TOKEN_BYTES or data[:2] != _TYPE:
            raise _malformed("token", "its type or its length is wrong")
        return cls(data[2:34], data[34:66], data[66:98], data[98:])

    def encode(self) -> bytes:
        return self.signed_part + self.authenticator

    @property
    def signed_part(self) -> bytes:
        return token_input(self.nonce, self.challenge_digest, self.token_key_id)


def token_input(nonce: bytes, challenge_digest: bytes, token_key_id: bytes) -> bytes:
    """What a token's authenticator signs: its first 98 bytes. Source: RFC 9578 section 6.1."""
    return _TYPE + nonce + challenge_digest + token_key_id


def _text(text: str) -> bytes:
    try:
        return text.encode("ascii")
    except UnicodeEncodeError:
        raise _malformed("challenge", "a host is written in ASCII") from None


def _long(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def _malformed(what: str, reason: str) -> MalformedToken:
    return MalformedToken(what=what, reason=reason)
