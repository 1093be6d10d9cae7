"""Asking for a token, giving one out, taking one in. Source: RFC 9578 sections 6.1 to 6.4."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from folkmoot_kernel.errors import BlindingRefused, TokenRefused, TokenRequestRefused
from folkmoot_kernel.sampling import Chance
from folkmoot_kernel.tokens.blindrsa import (
    RSABSSA_SHA384_PSS_DETERMINISTIC,
    blind,
    blind_sign,
    finalize,
    is_signature,
)
from folkmoot_kernel.tokens.keys import TokenKey
from folkmoot_kernel.tokens.rawrsa import RawSigner
from folkmoot_kernel.tokens.structures import (
    Token,
    TokenChallenge,
    TokenRequest,
    TokenResponse,
    token_input,
    voter_nonce,
)

SALT_BYTES = RSABSSA_SHA384_PSS_DETERMINISTIC.salt_bytes


@dataclass(frozen=True, slots=True)
class AskedToken:
    """A token between request and answer. Its `inverse` links request and token: it stays with the voter."""

    request: TokenRequest
    key: TokenKey
    signed_part: bytes = field(repr=False)
    inverse: int = field(repr=False)

    def finalize(self, response: TokenResponse) -> Token:
        """Make the token out of the answer. Raises: BlindSignatureRefused."""
        authenticator = finalize(
            self.key.rsa, self.signed_part, response.blind_signature, self.inverse, salt_bytes=SALT_BYTES
        )
        return Token.parse(self.signed_part + authenticator)


def ask_token(
    key: TokenKey, challenge: TokenChallenge, nonce: bytes, *, salt: bytes, factor: int
) -> AskedToken:
    """Write the request for a token.

    Shapes: `nonce` is `voter_nonce(pk)`; `salt` 48 bytes and `factor` a number below the modulus, both secret
    and for this one request: from chance (`random_below`), or from recovery words (`token_salt`, `token_factor`).
    Raises: MalformedToken, BlindingRefused.
    Source: RFC 9578 section 6.1.
    """
    if len(salt) != SALT_BYTES:
        raise BlindingRefused(reason=f"its salt has {len(salt)} bytes and not {SALT_BYTES}")
    signed_part = token_input(nonce, challenge.digest, key.key_id)
    blinded = blind(key.rsa, signed_part, salt=salt, factor=factor)
    return AskedToken(TokenRequest(key.truncated_key_id, blinded.message), key, signed_part, blinded.inverse)


class Issuer:
    """The registrar's side of one key: signs whatever is put before it. Who may ask is not known here.

    Timing: see `RawSigner`. Threads may share one issuer.
    Effects: draws from `chance`, for blinding only; the same request always gets the same answer.
    Raises: MalformedTokenKey unless the key is RSA-2048 with exponent 65537.
    """

    def __init__(self, private_key: RSAPrivateKey, *, chance: Chance) -> None:
        self.key = TokenKey.of(private_key.public_key())
        self._signer = RawSigner(private_key, chance=chance)

    def answer(self, request: TokenRequest) -> TokenResponse:
        """Sign a request. Raises: TokenRequestRefused, SigningFailed. Source: RFC 9578 section 6.2."""
        if request.truncated_key_id != self.key.truncated_key_id:
            raise TokenRequestRefused(reason="it names another key")
        return TokenResponse(blind_sign(self._signer, request.blinded_message))


def verify_token(token: Token, *, key: TokenKey, challenge: TokenChallenge) -> None:
    """Accept only a token that this key signed for this challenge. Raises: TokenRefused."""
    if token.token_key_id != key.key_id:
        raise TokenRefused(reason="another key signed it")
    if token.challenge_digest != challenge.digest:
        raise TokenRefused(reason="it is for another paper, registrar or box")
    if not is_signature(key.rsa, token.signed_part, token.authenticator, salt_bytes=SALT_BYTES):
        raise TokenRefused(reason="its signature does not fit")


def is_token(data: bytes, expected: bytes, *, key: TokenKey) -> bool:
    """Whether `data` is a token with this signed part and signed by this key: for box and verifier, which know the
    signed part beforehand and build no token. Shapes: `expected` from `token_input`."""
    return data.startswith(expected) and is_signature(
        key.rsa, expected, data[len(expected) :], salt_bytes=SALT_BYTES
    )


def verify_credential(token: Token, *, voter_key: bytes, key: TokenKey, challenge: TokenChallenge) -> None:
    """Accept only a token that was asked for with this voter's key. Raises: TokenRefused."""
    if token.nonce != voter_nonce(voter_key):
        raise TokenRefused(reason="it belongs to another voter's key")
    verify_token(token, key=key, challenge=challenge)
