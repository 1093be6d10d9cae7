"""Blind signatures by the vectors of RFC 9474, and the raw operation below them by both engines."""

import json
import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from folkmoot_kernel.errors import (
    BlindingRefused,
    BlindSignatureRefused,
    SigningFailed,
    TokenRequestRefused,
)
from folkmoot_kernel.tokens import libcrypto as binding
from folkmoot_kernel.tokens.blindrsa import (
    RSABSSA_SHA384_PSS_DETERMINISTIC,
    RSABSSA_SHA384_PSS_RANDOMIZED,
    VARIANTS,
    blind,
    blind_sign,
    finalize,
    is_signature,
    pss_encode,
)
from folkmoot_kernel.tokens.libcrypto import LibcryptoKey, libcrypto
from folkmoot_kernel.tokens.rawrsa import PurePythonKey, RawSigner, raw_key

VECTORS = json.loads((Path(__file__).parent / "vectors/rfc9474.json").read_text("utf-8"))["vectors"]
NAMED = {variant.name: variant for variant in VARIANTS}
CHANCE = random.Random(9474).randbytes


class Vector:
    """One variant's appendix of RFC 9474, its hexadecimal read."""

    def __init__(self, raw):
        self.variant = NAMED[raw["name"]]
        numbers = {name: int(raw[name], 16) for name in ("p", "q", "n", "e", "d", "inv")}
        n, e, d, p, q = (numbers[name] for name in ("n", "e", "d", "p", "q"))
        public = rsa.RSAPublicNumbers(e, n)
        private = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
        self.key, self.private = public.public_key(), private.private_key()
        self.inverse, self.factor = numbers["inv"], pow(numbers["inv"], -1, n)
        self.salt_length = int(raw["sLen"], 16)
        self.randomized = int(raw["is_randomized"], 16) == 1
        for name in ("msg", "msg_prefix", "input_msg", "salt", "blinded_msg", "blind_sig", "sig"):
            setattr(self, name, bytes.fromhex((raw.get(name) or "").removeprefix("0x")))


CASES = [Vector(raw) for raw in VECTORS]
every_vector = pytest.mark.parametrize("vector", CASES, ids=lambda vector: vector.variant.name)
ENGINES = [PurePythonKey, lambda key: LibcryptoKey(key, libcrypto())]
both_engines = pytest.mark.parametrize("engine", ENGINES, ids=["python", "libcrypto"])


def test_vectors_are_of_all_four_variants():
    assert [vector.variant for vector in CASES] == list(VARIANTS)
    for vector in CASES:
        assert (vector.variant.salt_bytes, vector.variant.randomized) == (
            vector.salt_length,
            vector.randomized,
        )


@every_vector
def test_prepare_and_blind_give_what_the_rfc_gives(vector):
    message = vector.variant.prepare(vector.msg, vector.msg_prefix)
    assert message == vector.input_msg
    blinded = blind(vector.key, message, salt=vector.salt, factor=vector.factor)
    assert (blinded.message, blinded.inverse) == (vector.blinded_msg, vector.inverse)


@both_engines
@every_vector
def test_blind_sign_gives_what_the_rfc_gives(vector, engine):
    signer = RawSigner(vector.private, chance=CHANCE, engine=engine(vector.private))
    assert blind_sign(signer, vector.blinded_msg) == vector.blind_sig


@every_vector
def test_finalize_gives_what_the_rfc_gives(vector):
    signature = finalize(
        vector.key,
        vector.input_msg,
        vector.blind_sig,
        vector.inverse,
        salt_bytes=vector.variant.salt_bytes,
    )
    assert signature == vector.sig
    assert is_signature(vector.key, vector.input_msg, vector.sig, salt_bytes=vector.variant.salt_bytes)


@every_vector
def test_is_signature_is_false_for_another_message_salt_or_signature(vector):
    salt = vector.variant.salt_bytes
    changed = vector.sig[:-1] + bytes([vector.sig[-1] ^ 1])
    assert not is_signature(vector.key, vector.input_msg + b"x", vector.sig, salt_bytes=salt)
    assert not is_signature(vector.key, vector.input_msg, vector.sig, salt_bytes=48 - salt)
    for signature in (changed, b"", vector.sig[1:], vector.sig + b"\0", b"\xff" * len(vector.sig)):
        assert not is_signature(vector.key, vector.input_msg, signature, salt_bytes=salt)


@every_vector
def test_finalize_refuses_a_signature_on_anything_else(vector):
    salt = vector.variant.salt_bytes
    other = bytes([vector.blind_sig[0] ^ 1]) + vector.blind_sig[1:]
    for answer in (other, vector.blinded_msg, b"", vector.blind_sig[1:], bytes(len(vector.blind_sig))):
        with pytest.raises(BlindSignatureRefused):
            finalize(vector.key, vector.input_msg, answer, vector.inverse, salt_bytes=salt)


def test_prepare_refuses_a_prefix_of_the_wrong_length():
    with pytest.raises(BlindingRefused):
        RSABSSA_SHA384_PSS_RANDOMIZED.prepare(b"message", bytes(31))
    with pytest.raises(BlindingRefused):
        RSABSSA_SHA384_PSS_DETERMINISTIC.prepare(b"message", bytes(32))


def test_blind_refuses_numbers_that_share_a_factor_with_the_key():
    vector = CASES[0]
    p, n = vector.private.private_numbers().p, vector.key.public_numbers().n
    for factor in (0, n, n + 1, p):
        with pytest.raises(BlindingRefused):
            blind(vector.key, b"message", salt=bytes(48), factor=factor)


def test_blind_takes_keys_whose_length_is_no_multiple_of_eight():
    # 1025 bits: the encoded message is a byte shorter than the modulus
    private = rsa.generate_private_key(65_537, 1025)
    key = private.public_key()
    blinded = blind(key, b"message", salt=bytes(48), factor=12_345)
    answer = blind_sign(RawSigner(private, chance=CHANCE), blinded.message)
    signature = finalize(key, b"message", answer, blinded.inverse, salt_bytes=48)
    assert (len(blinded.message), len(answer), len(signature)) == (129, 129, 129)


def test_pss_encode_refuses_a_key_too_short():
    assert len(pss_encode(b"message", 784, bytes(48))) == 98
    with pytest.raises(BlindingRefused):
        pss_encode(b"message", 776, bytes(48))


def test_blind_sign_refuses_numbers_that_are_not_below_the_modulus():
    vector = CASES[0]
    signer = RawSigner(vector.private, chance=CHANCE)
    for message in (b"", vector.blinded_msg[1:], vector.blinded_msg + b"\0", b"\xff" * 512):
        with pytest.raises(TokenRequestRefused):
            blind_sign(signer, message)


# the raw operation


@pytest.fixture(scope="module")
def private():
    return rsa.generate_private_key(65_537, 2048)


def test_this_machine_has_the_faster_engine(private):
    # Debian, where CI runs, has OpenSSL 3; elsewhere raw_key falls back
    assert type(raw_key(private)) is LibcryptoKey


def test_raw_key_falls_back_to_python_without_openssl(private, monkeypatch):
    monkeypatch.setattr(binding, "_NAMES", ("libcrypto-of-no-machine.so",))
    binding.libcrypto.cache_clear()
    try:
        assert type(raw_key(private)) is PurePythonKey
    finally:
        binding.libcrypto.cache_clear()


def test_engines_give_the_same_numbers(private):
    python, openssl = (engine(private) for engine in ENGINES)
    numbers = private.private_numbers()
    n, e, d = numbers.public_numbers.n, numbers.public_numbers.e, numbers.d
    for value in (0, 1, 2, n - 1, n - 2, numbers.p, *(int.from_bytes(CHANCE(255), "big") for _ in range(10))):
        block = value.to_bytes(256, "big")
        expected = (pow(value, d, n).to_bytes(256, "big"), pow(value, e, n).to_bytes(256, "big"))
        assert (python.private(block), python.public(block)) == expected
        assert (openssl.private(block), openssl.public(block)) == expected


def test_libcrypto_refuses_blocks_that_are_no_number_below_the_modulus(private):
    key = LibcryptoKey(private, libcrypto())
    for block in (b"", bytes(255), bytes(257), b"\xff" * 256):
        with pytest.raises(SigningFailed):
            key.private(block)
    assert key.private(bytes(255) + b"\x01") == bytes(255) + b"\x01"


@both_engines
def test_signer_gives_one_signature_whatever_blinds_it(private, engine):
    n, d = private.public_key().public_numbers().n, private.private_numbers().d
    signer = RawSigner(private, chance=CHANCE, engine=engine(private))
    expected = pow(1_234_567, d, n)
    assert [signer.sign(1_234_567) for _ in range(70)] == [expected] * 70  # over two fresh blinds


def test_signer_never_shows_its_engine_the_same_number_twice(private):
    class Listening(PurePythonKey):
        def __init__(self, key):
            super().__init__(key)
            self.seen = []

        def private(self, block):
            self.seen.append(block)
            return super().private(block)

    engine = Listening(private)
    signer = RawSigner(private, chance=CHANCE, engine=engine)
    for _ in range(40):
        signer.sign(1_234_567)
    assert len(set(engine.seen)) == 40
    assert (1_234_567).to_bytes(256, "big") not in engine.seen


def test_signer_holds_back_a_faulty_signature(private):
    class Faulty(PurePythonKey):
        """Computes right modulo one factor only, which gives the other away to whoever sees the result."""

        def private(self, block):
            return bytes([super().private(block)[0] ^ 1]) + super().private(block)[1:]

    with pytest.raises(SigningFailed):
        RawSigner(private, chance=CHANCE, engine=Faulty(private)).sign(1_234_567)


def test_signer_serves_several_threads(private):
    from concurrent.futures import ThreadPoolExecutor

    n, d = private.public_key().public_numbers().n, private.private_numbers().d
    signer = RawSigner(private, chance=CHANCE)
    with ThreadPoolExecutor(4) as pool:
        signatures = list(pool.map(signer.sign, range(2, 102)))
    assert signatures == [pow(value, d, n) for value in range(2, 102)]
