"""HPKE by the vector of RFC 9180 and against the library's own, which lacks associated data only."""

import json
import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from folkmoot_kernel.errors import MalformedPoint, MalformedScalar, SealRefused
from folkmoot_kernel.es256 import ORDER, private_key, public_key
from folkmoot_kernel.hpke import OVERHEAD_BYTES, RecipientKey, seal, unseal

RAW = json.loads((Path(__file__).parent / "vectors/rfc9180_a3.json").read_text("utf-8"))
VECTOR = {name: bytes.fromhex(text) for name, text in RAW.items() if name != "source"}
SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
CHANCE = random.Random(9180).randbytes
KEY = RecipientKey.draw(CHANCE)


def test_keys_are_derived_as_the_rfc_derives_them():
    for role in ("E", "R"):
        key = RecipientKey.derive(VECTOR[f"ikm{role}"])
        assert (key.secret, key.public) == (VECTOR[f"sk{role}m"], VECTOR[f"pk{role}m"])


def test_seal_gives_what_the_rfc_gives():
    sealed = seal(
        VECTOR["pkRm"],
        VECTOR["pt"],
        aad=VECTOR["aad"],
        info=VECTOR["info"],
        chance=lambda length: VECTOR["ikmE"][:length],
    )
    assert sealed == VECTOR["pkEm"] + VECTOR["ct"]
    key = RecipientKey(VECTOR["skRm"])
    assert unseal(key, sealed, aad=VECTOR["aad"], info=VECTOR["info"]) == VECTOR["pt"]


@pytest.mark.parametrize("plaintext", [b"", b"a", bytes(1000)])
def test_seal_and_the_library_open_each_others_messages(plaintext):
    theirs = private_key(int.from_bytes(KEY.secret, "big"))
    ours = seal(KEY.public, plaintext, aad=b"", info=b"info", chance=CHANCE)
    assert len(ours) == len(plaintext) + OVERHEAD_BYTES
    assert SUITE.decrypt(ours, theirs, b"info") == plaintext
    sealed = SUITE.encrypt(plaintext, public_key(KEY.public), b"info")
    assert unseal(KEY, sealed, aad=b"", info=b"info") == plaintext


def test_seal_is_another_each_time():
    assert len({seal(KEY.public, b"a", aad=b"", info=b"", chance=CHANCE) for _ in range(20)}) == 20


def test_unseal_refuses_another_key_binding_purpose_or_byte():
    sealed = seal(KEY.public, b"answer", aad=b"aad", info=b"info", chance=CHANCE)
    changed = [
        sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :] for place in range(len(sealed))
    ]
    refused = [(KEY, wrong, b"aad", b"info") for wrong in changed]
    refused += [(KEY, sealed[:length], b"aad", b"info") for length in range(len(sealed))]
    refused += [
        (RecipientKey.draw(CHANCE), sealed, b"aad", b"info"),
        (KEY, sealed, b"other", b"info"),
        (KEY, sealed, b"aad", b"other"),
        (KEY, sealed + b"\0", b"aad", b"info"),
    ]
    for key, wrong, aad, info in refused:
        with pytest.raises(SealRefused):
            unseal(key, wrong, aad=aad, info=info)


@pytest.mark.parametrize("secret", [b"", bytes(32), bytes(31), b"\1" * 33, ORDER.to_bytes(32, "big")])
def test_recipient_key_refuses_what_is_no_private_key(secret):
    with pytest.raises(MalformedScalar):
        RecipientKey(secret)


def test_seal_refuses_what_is_no_public_key():
    with pytest.raises(MalformedPoint):
        seal(b"\x04" + bytes(64), b"answer", aad=b"", info=b"", chance=CHANCE)
