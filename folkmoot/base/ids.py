"""Identifiers that people read out, and references that say nothing."""

import secrets
import uuid

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without 0 O 1 I L U: read out by phone, typed at seventy


def new_ref() -> uuid.UUID:
    """A random reference that tells nothing about its row."""
    return uuid.uuid4()


def new_claim_code() -> str:
    """A bearer code of 12 characters (58 bits), in three groups: `7KQ2-MXRA-93TW`."""
    letters = [secrets.choice(ALPHABET) for _ in range(12)]
    return "-".join("".join(letters[i : i + 4]) for i in (0, 4, 8))


def normal_code(typed: str) -> str:
    """The code as issued, whatever spaces, dashes and case it was typed with."""
    bare = "".join(letter for letter in typed.upper() if letter in ALPHABET)
    return "-".join(bare[i : i + 4] for i in range(0, len(bare), 4))
