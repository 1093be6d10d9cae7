import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from folkmoot_kernel.errors import BallotSignatureRefused, MalformedPoint, MalformedScalar
from folkmoot_kernel.es256 import (
    ORDER,
    point_of,
    private_key,
    public_key,
    sign_es256,
    verify_es256,
)
from hypothesis import given
from hypothesis import strategies as st

# RFC 6979 appendix A.2.5, P-256 with SHA-256. The s of "sample" is the higher one there.
KEY = private_key(0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721)
POINT = bytes.fromhex(
    "04"
    "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
)
SAMPLE_R = "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
SAMPLE_S = "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
TEST_R = "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367"
TEST_S = "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"


def test_keys_are_those_of_rfc_6979():
    assert point_of(KEY.public_key()) == POINT
    assert point_of(public_key(POINT)) == POINT


def test_sign_es256_gives_the_signatures_of_rfc_6979_in_their_lower_spelling():
    assert sign_es256(KEY, b"test").hex().upper() == TEST_R + TEST_S
    assert sign_es256(KEY, b"sample").hex().upper() == SAMPLE_R + f"{ORDER - int(SAMPLE_S, 16):064X}"


def test_verify_es256_refuses_the_higher_spelling_that_ecdsa_allows():
    higher = bytes.fromhex(SAMPLE_R + SAMPLE_S)
    with pytest.raises(BallotSignatureRefused) as refused:
        verify_es256(POINT, b"sample", higher)
    assert refused.value.facts == {"reason": "it is not the lower of its two spellings"}


@given(st.integers(1, ORDER - 1), st.binary(max_size=100))
def test_verify_es256_accepts_what_sign_es256_wrote(scalar, message):
    key = private_key(scalar)
    verify_es256(point_of(key.public_key()), message, sign_es256(key, message))


def test_verify_es256_refuses_any_other_bytes():
    signature = sign_es256(KEY, b"test")
    changed = [signature[:i] + bytes([signature[i] ^ 1]) + signature[i + 1 :] for i in range(64)]
    others = [b"", signature[:-1], signature + b"\0", bytes(64), b"\xff" * 64, signature[:32] + bytes(32)]
    for wrong in (*changed, *others, bytes(32) + signature[32:]):
        with pytest.raises(BallotSignatureRefused):
            verify_es256(POINT, b"test", wrong)
    with pytest.raises(BallotSignatureRefused):
        verify_es256(POINT, b"another", signature)
    with pytest.raises(BallotSignatureRefused):
        verify_es256(point_of(private_key(2).public_key()), b"test", signature)


def test_verify_es256_refuses_what_is_no_point_on_the_curve():
    compressed = KEY.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    hybrid = bytes([6 + (POINT[-1] & 1)]) + POINT[1:]
    off_curve = POINT[:-1] + bytes([POINT[-1] ^ 1])
    too_large = b"\x04" + b"\xff" * 64
    for wrong in (b"", b"\0", b"\x04" + bytes(64), compressed, hybrid, off_curve, too_large, POINT + b"\0"):
        with pytest.raises(MalformedPoint):
            verify_es256(wrong, b"test", sign_es256(KEY, b"test"))


@pytest.mark.parametrize("scalar", [0, -1, ORDER, ORDER + 1])
def test_private_key_refuses_numbers_that_are_no_key(scalar):
    with pytest.raises(MalformedScalar):
        private_key(scalar)
