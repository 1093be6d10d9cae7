"""May this ballot be cast? Everything that needs no database."""

from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.es256 import verify_es256
from folkmoot_kernel.papers import SLIP, TOKEN
from folkmoot_kernel.tokens import TokenKey, is_token, voter_nonce
from folkmoot_kernel.tokens.structures import token_input

from folkmoot.ballots.box.polls import Cell, Polls
from folkmoot.ballots.box.problems import Problem
from folkmoot.ballots.box.reading import Cast


def cell_of(cast: Cast, polls: Polls) -> Cell:
    """The cell that a ballot is for. Raises Problem: refused."""
    cell = polls.cells.get((cast.paper, cast.stratum, TOKEN if cast.creds else SLIP))
    if cell is None:
        raise Problem("refused")
    return cell


def check_fits(cast: Cast, cell: Cell) -> None:
    """Accept only a ballot made for this cell; of its signatures nothing is said yet. Raises Problem: refused."""
    if len(cast.o) != cell.sealed_bytes or len(cast.creds) != len(cell.tokens):
        raise Problem("refused")
    # A slip votes once. Whether it was voided is asked when the ballot is committed.
    if cell.channel == SLIP and (cast.seq != 1 or sha256(cast.pk).digest() not in cell.slips):
        raise Problem("refused")


class Signed(NamedTuple):
    """What there is to check of a ballot: its own signature, and a token of each registrar.

    Shapes: `tokens` and `keys` go together; a key with the digest of the challenge that its tokens answer.
    """

    pk: bytes
    signed: bytes
    sig: bytes
    tokens: tuple[bytes, ...]
    keys: tuple[tuple[bytes, bytes], ...]

    @classmethod
    def of(cls, cast: Cast, cell: Cell) -> "Signed":
        return cls(cast.pk, cast.signed, cast.sig, cast.creds, cell.tokens)


def is_signed(signed: Signed) -> bool:
    """Whether every signature fits."""
    try:
        nonce = voter_nonce(signed.pk)
        for token, (spki, challenge) in zip(signed.tokens, signed.keys, strict=True):
            key = token_key(spki)
            if not is_token(token, token_input(nonce, challenge, key.key_id), key=key):
                return False
        verify_es256(signed.pk, signed.signed, signed.sig)
    except KernelError:
        return False
    return True


@lru_cache(maxsize=1_000)
def token_key(spki: bytes) -> TokenKey:
    return TokenKey(spki)
