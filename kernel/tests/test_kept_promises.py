from hashlib import sha256

import pytest
from folkmoot_kernel.notes import ED25519, SigningKey
from folkmoot_kernel.promises import KeptPromise, kept_promise, kept_promises, sign_promises, verify_promise

KEY = SigningKey("box.example/“season”", ED25519, bytes(range(32)))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9, 31, 64, 65])
def test_kept_promises_are_those_of_each_leaf_in_its_canonical_form(size):
    leaves = [sha256(bytes([n])).digest() for n in range(size)]
    note, ordered = sign_promises(leaves, key=KEY, deadline=1_795_000_000)
    made = list(kept_promises(note, ordered))
    assert made == [kept_promise(note, ordered, index).encode() for index in range(size)]
    for data in made:
        assert verify_promise(KeptPromise.decode(data), box_key=KEY.verifier).size == size
