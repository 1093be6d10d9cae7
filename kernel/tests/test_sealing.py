import hashlib
import random

import pytest
from folkmoot_kernel.errors import (
    AnswerTooLong,
    MalformedOpening,
    MalformedPoint,
    OpeningRefused,
    SealRefused,
)
from folkmoot_kernel.es256 import point_of, private_key
from folkmoot_kernel.hpke import RecipientKey, seal
from folkmoot_kernel.sealing import (
    Opening,
    commitment,
    pad,
    seal_opening,
    sealed_bytes,
    unpad,
    unseal_opening,
    verify_opening,
)
from hypothesis import given
from hypothesis import strategies as st

CHANCE = random.Random(3).randbytes
CLOSING = RecipientKey.draw(CHANCE)
PK = point_of(private_key(7).public_key())
OPENING = Opening(bytes(range(32)), b'{"grade":"good"}')
C = commitment(PK, OPENING)
LONGEST = 20


def test_commitment_is_the_plain_hash_of_tag_key_chance_and_answer():
    expected = hashlib.sha256(b"folkmoot/open/v1" + PK + bytes(range(32)) + b'{"grade":"good"}')
    assert expected.digest() == C


@pytest.mark.parametrize(
    ("pk", "opening"),
    [
        (PK, Opening(bytes(range(32)), b'{"grade":"poor"}')),
        (PK, Opening(bytes(32), OPENING.answer)),
        (point_of(private_key(8).public_key()), OPENING),
    ],
)
def test_verify_opening_accepts_one_opening_only(pk, opening):
    verify_opening(PK, C, OPENING)
    with pytest.raises(OpeningRefused):
        verify_opening(pk, C, opening)


def test_opening_and_commitment_refuse_lengths_that_would_shift_their_borders():
    for wrong in (b"", bytes(31), bytes(33)):
        with pytest.raises(MalformedOpening):
            Opening(wrong, b"answer")
    for wrong in (PK[1:], PK + b"\0"):
        with pytest.raises(MalformedPoint):
            commitment(wrong, OPENING)


@given(st.binary(max_size=LONGEST) | st.binary(max_size=4).map(lambda end: end + b"\x80\x00"))
def test_unseal_opening_reads_what_was_sealed(answer):
    opening = Opening(CHANCE(32), answer)
    c = commitment(PK, opening)
    sealed = seal_opening(CLOSING.public, opening, c=c, longest=LONGEST, chance=CHANCE)
    assert len(sealed) == sealed_bytes(LONGEST) == 65 + 16 + 32 + 21
    assert unseal_opening(CLOSING, sealed, c=c, longest=LONGEST) == opening


def test_sealed_answer_opens_with_its_own_key_and_ballot_only():
    sealed = seal_opening(CLOSING.public, OPENING, c=C, longest=LONGEST, chance=CHANCE)
    for key, c in ((RecipientKey.draw(CHANCE), C), (CLOSING, bytes(32))):
        with pytest.raises(SealRefused):
            unseal_opening(key, sealed, c=c, longest=LONGEST)


def test_sealed_answer_of_another_length_is_refused():
    sealed = seal_opening(CLOSING.public, OPENING, c=C, longest=LONGEST + 1, chance=CHANCE)
    with pytest.raises(SealRefused) as refused:
        unseal_opening(CLOSING, sealed, c=C, longest=LONGEST)
    assert refused.value.facts == {"reason": "sealed answers to this paper have 134 bytes"}


def test_sealed_answer_with_bad_padding_is_refused():
    plaintext = bytes(32) + bytes(LONGEST + 1)
    sealed = seal(CLOSING.public, plaintext, aad=C, info=b"folkmoot/seal/v1", chance=CHANCE)
    with pytest.raises(SealRefused) as refused:
        unseal_opening(CLOSING, sealed, c=C, longest=LONGEST)
    assert refused.value.facts == {"reason": "its padding does not end with 0x80 and zeros"}


def test_answer_longer_than_the_longest_is_not_sealed():
    with pytest.raises(AnswerTooLong):
        seal_opening(CLOSING.public, OPENING, c=C, longest=len(OPENING.answer) - 1, chance=CHANCE)


def test_pad_is_written_in_one_way():
    assert [pad(answer, 3) for answer in (b"", b"a", b"abc")] == [b"\x80\0\0\0", b"a\x80\0\0", b"abc\x80"]
    for wrong in (b"", b"\0\0\0\0", b"abcd", b"\x80\0\0\x01"):
        with pytest.raises(SealRefused):
            unpad(wrong)
