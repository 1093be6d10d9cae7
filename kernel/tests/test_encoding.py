import hashlib
import json
from pathlib import Path

import pytest
from folkmoot_kernel.encoding import (
    MAX_DEPTH,
    MAX_INTEGER,
    MAX_RECORD_BYTES,
    b64,
    b64u,
    decode,
    encode,
    parse_decimal,
    tagged_hash,
    unb64,
    unb64u,
)
from folkmoot_kernel.errors import (
    KernelError,
    MalformedBase64,
    MalformedNumber,
    MalformedTag,
    NotCanonical,
    RecordTooLong,
    UnsupportedValue,
)
from hypothesis import given
from hypothesis import strategies as st

CASES = json.loads((Path(__file__).parent / "vectors/rfc8785.json").read_text("utf-8"))["cases"]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
records = st.recursive(
    texts | st.integers(-MAX_INTEGER, MAX_INTEGER),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_encode_writes_the_bytes_of_rfc_8785(case):
    assert encode(case["input"]).hex() == case["hex"]
    assert decode(bytes.fromhex(case["hex"])) == case["input"]


@given(records)
def test_decode_reads_what_encode_wrote(record):
    assert decode(encode(record)) == record


@given(records, st.data())
def test_encode_does_not_depend_on_the_order_of_names(record, data):
    def shuffled(value):
        if isinstance(value, list):
            return [shuffled(item) for item in value]
        if isinstance(value, dict):
            return {name: shuffled(value[name]) for name in data.draw(st.permutations(list(value)))}
        return value

    assert encode(shuffled(record)) == encode(record)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (1.0, "a float"),
        (float("nan"), "a float"),
        (True, "a bool"),
        ({"a": [None]}, "a NoneType"),
        (b"ab", "a bytes"),
        ({"a": {1, 2}}, "a set"),
        ({1: "a"}, "a name that is a int"),
        (MAX_INTEGER + 1, "a larger number"),
        (-MAX_INTEGER - 1, "a larger number"),
        ("\ud83d", "half a surrogate pair, which is no character"),
        ({"\udc00": 1}, "half a surrogate pair, which is no character"),
    ],
)
def test_encode_refuses_what_a_record_may_not_hold(value, found):
    with pytest.raises(UnsupportedValue) as refused:
        encode(value)
    assert refused.value.facts == {"found": found}


def nested(depth):
    return [] if depth == 1 else [nested(depth - 1)]


def test_encode_takes_64_levels_and_refuses_65():
    assert encode(nested(MAX_DEPTH)) == b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    with pytest.raises(UnsupportedValue):
        encode(nested(MAX_DEPTH + 1))


def test_encode_takes_65535_bytes_and_refuses_65536():
    longest = "a" * (MAX_RECORD_BYTES - 2)
    assert len(encode(longest)) == MAX_RECORD_BYTES
    with pytest.raises(RecordTooLong) as refused:
        encode(longest + "a")
    assert refused.value.facts == {"limit": 65_535, "length": 65_536}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" 1",
        b"1 ",
        b"01",
        b"-0",
        b'{"a":1, "b":2}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'"\\u0061"',
        b'"\\u000A"',
        b'"\\/"',
        b'"\\u20ac"',
        b'"\xff"',
        b"\xef\xbb\xbf1",
        b"[1,]",
        b"[1",
        b"9" * 5000,
    ],
)
def test_decode_refuses_other_spellings(data):
    with pytest.raises(NotCanonical):
        decode(data)


@pytest.mark.parametrize(
    "data", [b"1.0", b"1e3", b"NaN", b"true", b"null", b"9007199254740992", b'"\\ud800"']
)
def test_decode_refuses_what_a_record_may_not_hold(data):
    with pytest.raises(UnsupportedValue):
        decode(data)


def test_decode_refuses_a_pit_of_brackets():
    with pytest.raises(UnsupportedValue):
        decode(b"[" * 30_000 + b"]" * 30_000)


def test_decode_refuses_a_record_too_long():
    with pytest.raises(RecordTooLong):
        decode(b'"' + b"a" * MAX_RECORD_BYTES + b'"')


@given(st.binary(max_size=40) | st.text(alphabet='{}[]":,\\u0123abc -.e', max_size=30).map(str.encode))
def test_decode_of_anything_refuses_or_is_exact(data):
    try:
        value = decode(data)
    except KernelError:
        return
    assert encode(value) == data


@given(st.binary(max_size=100))
def test_base64_reads_what_it_wrote(data):
    assert unb64u(b64u(data)) == data
    assert unb64(b64(data)) == data
    assert set(b64u(data)).isdisjoint("+/=")


# RFC 4648 section 10, and every other spelling of the same bytes.
@pytest.mark.parametrize(
    ("data", "padded"),
    [(b"f", "Zg=="), (b"fo", "Zm8="), (b"foo", "Zm9v"), (b"foobar", "Zm9vYmFy"), (b"\xff\xfe\xfd", "//79")],
)
def test_b64_writes_rfc_4648(data, padded):
    assert b64(data) == padded
    assert b64u(data) == padded.rstrip("=").replace("/", "_")


@pytest.mark.parametrize(
    "text", ["Zg==", "Zh", "Zg=", "Z", "Zm9v\n", " Zm9v", "//79", "Zm8é", "Zg_", "Zm9v="]
)
def test_unb64u_refuses_other_spellings(text):
    with pytest.raises(MalformedBase64) as refused:
        unb64u(text)
    assert refused.value.facts == {"alphabet": "unpadded base64url"}


@pytest.mark.parametrize("text", ["Zg", "Zh==", "Zg=", "Z", "Zm9v\n", "__79", "Zm8é", "Zg==Zg=="])
def test_unb64_refuses_other_spellings(text):
    with pytest.raises(MalformedBase64) as refused:
        unb64(text)
    assert refused.value.facts == {"alphabet": "base64"}


def test_parse_decimal_reads_up_to_the_largest_int64():
    assert [parse_decimal(text) for text in ("0", "7", "9223372036854775807")] == [0, 7, 2**63 - 1]


@pytest.mark.parametrize(
    "text", ["", "00", "07", "-1", "+1", "1_0", " 1", "1\n", "٣", "9223372036854775808", "9" * 5000]
)
def test_parse_decimal_refuses_other_spellings(text):
    with pytest.raises(MalformedNumber):
        parse_decimal(text)


def test_tagged_hash_is_the_hash_of_tag_lengths_and_parts():
    expected = hashlib.sha256(
        b"folkmoot/test/v1\n" + b"\0\0\0\0\0\0\0\2ab" + b"\0\0\0\0\0\0\0\0" + b"\0\0\0\0\0\0\0\1c"
    )
    assert tagged_hash("folkmoot/test/v1", b"ab", b"", b"c") == expected.digest()


@given(st.lists(st.binary(max_size=12), max_size=4), st.lists(st.binary(max_size=12), max_size=4))
def test_tagged_hash_tells_every_cut_into_parts_apart(parts, others):
    assert (tagged_hash("a", *parts) == tagged_hash("a", *others)) == (parts == others)


@given(st.binary(max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_tagged_hash_tells_where_the_same_bytes_are_cut(data, first, second):
    cuts = tagged_hash("a", data[:first], data[first:]), tagged_hash("a", data[:second], data[second:])
    assert (cuts[0] == cuts[1]) == (data[:first] == data[:second])


def test_tagged_hash_tells_tags_apart():
    assert tagged_hash("folkmoot/a/v1", b"x") != tagged_hash("folkmoot/b/v1", b"x")
    assert tagged_hash("a", b"x") != tagged_hash("ax")


@pytest.mark.parametrize("tag", ["", "Folkmoot", "a b", "a\n", "/a", "é"])
def test_tagged_hash_refuses_other_tags(tag):
    with pytest.raises(MalformedTag):
        tagged_hash(tag, b"x")
