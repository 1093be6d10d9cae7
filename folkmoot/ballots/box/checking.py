"""May this ballot be cast? Everything that needs no database."""

from hashlib import sha256

from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.es256 import verify_es256
from folkmoot_kernel.papers import SLIP, TOKEN
from folkmoot_kernel.tokens import SALT_BYTES, voter_nonce
from folkmoot_kernel.tokens.blindrsa import is_signature
from folkmoot_kernel.tokens.structures import token_input

from folkmoot.ballots.box.polls import Cell, Polls
from folkmoot.ballots.box.problems import Problem
from folkmoot.ballots.box.reading import Cast

_SIGNED_BYTES = 98  # of a token; its signature is the rest


def cell_of(cast: Cast, polls: Polls) -> Cell:
    """The cell that a ballot is for. Raises Problem: refused."""
    cell = polls.cells.get((cast.paper, cast.stratum, TOKEN if cast.creds else SLIP))
    if cell is None:
        raise Problem("refused")
    return cell


def check_cast(cast: Cast, cell: Cell) -> None:
    """Accept only a voter's ballot for this cell, whole and signed. Raises Problem: refused."""
    if len(cast.o) != cell.sealed_bytes:
        raise Problem("refused")
    if cell.channel == TOKEN:
        check_tokens(cast, cell)
    else:
        check_slip(cast, cell)
    try:
        verify_es256(cast.pk, cast.signed, cast.sig)
    except KernelError:
        raise Problem("refused") from None


def check_tokens(cast: Cast, cell: Cell) -> None:
    """What `tokens.verify_credential` checks, without building the token: its signed part is known beforehand."""
    if len(cast.creds) != len(cell.tokens):
        raise Problem("refused")
    nonce = voter_nonce(cast.pk)
    for token, (key, challenge) in zip(cast.creds, cell.tokens, strict=True):
        expected = token_input(nonce, challenge, key.key_id)
        if token[:_SIGNED_BYTES] != expected or not is_signature(
            key.rsa, expected, token[_SIGNED_BYTES:], salt_bytes=SALT_BYTES
        ):
            raise Problem("refused")


def check_slip(cast: Cast, cell: Cell) -> None:
    """A slip votes once. Whether it was voided is asked when the ballot is committed."""
    if cast.seq != 1 or sha256(cast.pk).digest() not in cell.slips:
        raise Problem("refused")
