"""Tokens: credentials that a registrar signs without seeing them. Blind RSA, token type 2.

    asked = ask_token(key, challenge, voter_nonce(pk), salt=..., factor=...)     the voter's device
    response = Issuer(private_key, chance=...).answer(asked.request)             the registrar
    token = asked.finalize(response)                                             the voter's device
    verify_credential(token, voter_key=pk, key=key, challenge=challenge)         the box, everybody

Each paper, stratum and registrar has a key of its own: what a token entitles to is the key that signed it.

Source: RFC 9474, RFC 9577, RFC 9578.
"""

from folkmoot_kernel.tokens.issuing import (
    SALT_BYTES,
    AskedToken,
    Issuer,
    ask_token,
    is_token,
    verify_credential,
    verify_token,
)
from folkmoot_kernel.tokens.keys import TokenKey
from folkmoot_kernel.tokens.structures import (
    REQUEST_BYTES,
    SIGNATURE_BYTES,
    TOKEN_BYTES,
    TOKEN_TYPE,
    Token,
    TokenChallenge,
    TokenRequest,
    TokenResponse,
    voter_nonce,
)

__all__ = [
    "REQUEST_BYTES",
    "SALT_BYTES",
    "SIGNATURE_BYTES",
    "TOKEN_BYTES",
    "TOKEN_TYPE",
    "AskedToken",
    "Issuer",
    "Token",
    "TokenChallenge",
    "TokenKey",
    "TokenRequest",
    "TokenResponse",
    "ask_token",
    "is_token",
    "verify_credential",
    "verify_token",
    "voter_nonce",
]
