import json
import random
from pathlib import Path

import pytest
from folkmoot_kernel.errors import MalformedHash, MalformedLabel, WeakSeed
from folkmoot_kernel.recovery import (
    derive_bytes,
    derive_number,
    slip_scalar,
    token_factor,
    token_salt,
    voter_scalar,
)
from folkmoot_kernel.sampling import bytes_below, first_below, random_below
from folkmoot_kernel.tokens import TokenKey
from hypothesis import given
from hypothesis import strategies as st

VECTORS = json.loads((Path(__file__).parent / "vectors/recovery.json").read_text("utf-8"))
KEY = TokenKey(bytes.fromhex(VECTORS["spki"]))
OTHER_KEY = TokenKey(KEY.spki[:-7] + bytes([KEY.spki[-7] ^ 2]) + KEY.spki[-6:])
SEED, PAPER = bytes(range(16)), bytes(32)


@pytest.mark.parametrize("case", VECTORS["voters"], ids=lambda case: case["seed"][:6])
def test_voter_numbers_are_those_of_the_vectors(case):
    seed, paper = bytes.fromhex(case["seed"]), bytes.fromhex(case["paper"])
    assert f"{voter_scalar(seed, paper=paper):064x}" == case["scalar"]
    assert token_salt(seed, paper=paper, key=KEY).hex() == case["salt"]
    assert f"{token_factor(seed, paper=paper, key=KEY):0512x}" == case["factor"]


@pytest.mark.parametrize("case", VECTORS["slips"], ids=lambda case: case["code"])
def test_slip_scalar_is_that_of_the_vectors(case):
    assert f"{slip_scalar(case['code'], paper=bytes.fromhex(case['paper'])):064x}" == case["scalar"]


@pytest.mark.parametrize("case", VECTORS["numbers"], ids=lambda case: f"{case['label']}-{case['bound'][:6]}")
def test_derive_number_is_that_of_the_vectors(case):
    number = derive_number(
        bytes.fromhex(case["seed"]),
        int(case["bound"], 16),
        paper=bytes.fromhex(case["paper"]),
        label=case["label"],
    )
    assert f"{number:x}" == case["number"]


def test_vectors_hold_numbers_whose_first_candidates_are_rejected():
    assert max(case["rejected"] for case in VECTORS["numbers"]) >= 2


@pytest.mark.parametrize("case", VECTORS["bytes"], ids=lambda case: case["length"])
def test_derive_bytes_is_that_of_the_vectors(case):
    derived = derive_bytes(
        bytes.fromhex(case["seed"]),
        case["length"],
        paper=bytes.fromhex(case["paper"]),
        label=case["label"],
        context=bytes.fromhex(case["context"]),
    )
    assert derived.hex() == case["bytes"]


def test_voter_numbers_differ_between_seeds_papers_keys_and_purposes():
    others = [
        voter_scalar(SEED, paper=PAPER),
        voter_scalar(SEED[::-1], paper=PAPER),
        voter_scalar(SEED, paper=bytes([1]) * 32),
        slip_scalar(SEED.decode("ascii"), paper=PAPER),
        token_factor(SEED, paper=PAPER, key=KEY),
        token_factor(SEED, paper=PAPER, key=OTHER_KEY),
        int.from_bytes(token_salt(SEED, paper=PAPER, key=KEY), "big"),
        int.from_bytes(token_salt(SEED, paper=PAPER, key=OTHER_KEY), "big"),
    ]
    assert len(set(others)) == len(others)


@pytest.mark.parametrize(
    ("refusal", "change"),
    [
        (WeakSeed, {"seed": bytes(15)}),
        (MalformedHash, {"paper": bytes(31)}),
        (MalformedHash, {"context": bytes(31)}),
        (MalformedLabel, {"label": "two words"}),
        (MalformedLabel, {"label": ""}),
        (MalformedLabel, {"label": "a\nb"}),
    ],
)
def test_derive_bytes_refuses_what_could_be_mistaken(refusal, change):
    given_ = {"seed": SEED, "length": 32, "paper": PAPER, "label": "scalar", "context": b""} | change
    with pytest.raises(refusal):
        derive_bytes(**given_)


@given(st.integers(2, 2**70), st.integers(0, 2**32))
def test_random_below_stays_between_one_and_its_bound(bound, seed):
    chance = random.Random(seed).randbytes
    drawn = [random_below(bound, chance) for _ in range(5)]
    assert [0 < number < bound for number in drawn] == [True] * 5


def test_first_below_gives_every_number_equally_often():
    bound = 200
    taken = [first_below(bound, iter([bytes([i]), b"\x01"])) for i in range(256)]
    assert bytes_below(bound) == 1
    assert sorted(taken) == [1] * (256 - bound + 1) + list(range(1, bound))
