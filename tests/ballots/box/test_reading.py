"""The grammar of POST /cast against the kernel's own reading of a leaf."""

from dataclasses import replace
from hashlib import sha256

import pytest
from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.leaves import Ballot
from folkmoot_kernel.merkle import leaf_hash
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.ballots.box.problems import Problem
from folkmoot.ballots.box.reading import MAX_CAST_BYTES, read_cast
from tests.ballots.box.voters import body

O = bytes(range(118))  # noqa: E741 - its name in the protocol
BALLOT = Ballot(
    bytes(32),
    "residents",
    b"\x04" + bytes(64),
    (bytes(354),),
    1,
    b"\xff" * 32,
    sha256(O).digest(),
    b"\xfe" * 64,
)
GOOD = body(BALLOT, O)

octets = st.binary
ballots = st.builds(
    Ballot,
    paper=octets(min_size=32, max_size=32),
    stratum=st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?", fullmatch=True),
    pk=octets(min_size=65, max_size=65),
    creds=st.lists(octets(min_size=354, max_size=354), max_size=3).map(tuple),
    seq=st.integers(1, 2**53 - 1),
    c=octets(min_size=32, max_size=32),
    oh=st.just(sha256(O).digest()),
    sig=octets(min_size=64, max_size=64),
)


def problem_of(data):
    with pytest.raises(Problem) as found:
        read_cast(data)
    return found.value.key


@given(ballots)
def test_read_cast_reads_what_the_kernel_writes(ballot):
    cast = read_cast(body(ballot, O))
    assert (cast.leaf, cast.signed, cast.hash) == (
        ballot.encode(),
        ballot.signed_bytes,
        leaf_hash(ballot.encode()),
    )
    fields = {
        name: getattr(cast, name) for name in ("paper", "stratum", "pk", "creds", "seq", "c", "oh", "sig")
    }
    assert Ballot(**fields) == ballot
    assert cast.o == O


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_read_cast_takes_a_changed_leaf_only_if_the_kernel_does(at, byte):
    data = GOOD[:at] + bytes([byte]) + GOOD[at + 1 :]
    leaf = data[len(b'{"leaf":') : data.rindex(b',"o":')] if b',"o":' in data else b""
    try:
        kernel = Ballot.decode(leaf)
    except KernelError:
        kernel = None
    try:
        ours = read_cast(data)
    except Problem:
        ours = None
    if ours is not None:
        assert (ours.leaf, kernel.encode()) == (leaf, leaf)
    elif kernel is not None:  # it is not the leaf that is wrong
        assert data[: len(b'{"leaf":')] + data[-200:] != GOOD[: len(b'{"leaf":')] + GOOD[-200:] or (
            kernel.oh != sha256(O).digest()
        )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"null",
        GOOD[:-1],
        GOOD + b" ",
        GOOD.replace(b'"seq":1', b'"seq":01'),
        GOOD.replace(b'"seq":1', b'"seq":0'),
        GOOD.replace(b'"seq":1', b'"seq":1.0'),
        GOOD.replace(b'"seq":1', b'"seq":9007199254740992'),
        GOOD.replace(b'"seq":1', b'"seq": 1'),
        GOOD.replace(b'"stratum":"residents"', b'"stratum":"residents-"'),
        GOOD.replace(b'"stratum":"residents"', b'"stratum":"r\\u0065sidents"'),
        GOOD.replace(b"ballot/v1", b"ballot/v2"),
        GOOD.replace(b'"oh":"', b'"of":"'),
        GOOD.replace(b'"o":"', b'"p":"'),
        body(BALLOT, O[:-1]),
        body(replace(BALLOT, oh=bytes(32)), O),
        body(replace(BALLOT, creds=(bytes(353),)), O),
        body(replace(BALLOT, pk=bytes(64)), O),
        body(replace(BALLOT, sig=bytes(63)), O),
    ],
)  # fmt: skip
def test_read_cast_refuses_another_form(data):
    assert problem_of(data) == "malformed"


@pytest.mark.parametrize("name", ["c", "oh", "paper", "pk", "sig"])
def test_read_cast_refuses_a_second_spelling_of_the_same_bytes(name):
    text = b64u(getattr(BALLOT, name)).encode()
    other = text[:-1] + bytes([text[-1] + 1])  # the bits that are left over are not zero
    assert problem_of(GOOD.replace(b'"' + text + b'"', b'"' + other + b'"')) == "malformed"


def test_read_cast_refuses_what_is_longer_than_a_row_may_be():
    longest = body(replace(BALLOT, creds=(bytes(354),) * 20), O)
    assert len(longest) > MAX_CAST_BYTES
    assert problem_of(longest) == "too-long"
