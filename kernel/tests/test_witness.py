import pytest
from folkmoot_kernel.errors import (
    ConsistencyRefused,
    KernelError,
    MalformedNote,
    MalformedRequest,
    NoKnownSignature,
    SignatureRefused,
    UnknownLog,
    WitnessConflict,
)
from folkmoot_kernel.merkle import consistency_path, hashes_in, leaf_hash, root_of
from folkmoot_kernel.notes import COSIGNATURE_V1, ED25519, Checkpoint, SigningKey, open_checkpoint, sign_note
from folkmoot_kernel.witness import AddCheckpoint, cosign_checkpoint, cosignature_in, origin_of, size_in
from hypothesis import given
from hypothesis import strategies as st

LOG = SigningKey("example.com/log", ED25519, bytes(32))
WITNESS = SigningKey("witness.example", COSIGNATURE_V1, b"w" * 32)
LEAVES = [leaf_hash(b"%d" % number) for number in range(40)]
# The example of C2SP tlog-witness.
EXAMPLE = """old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""


def at(size, leaves=LEAVES):
    return Checkpoint(LOG.name, size, root_of(leaves[:size]))


def asked(old, new, leaves=LEAVES, key=LOG):
    path = tuple(consistency_path(old, new, hashes_in(leaves)))
    return AddCheckpoint(old, path, sign_note(at(new, leaves).body, key).encode())


def answer(request, latest):
    return cosign_checkpoint(request, logs=[LOG.verifier], latest=latest, key=WITNESS, time=1_795_000_000)


def test_add_checkpoint_reads_the_example_of_the_specification():
    request = AddCheckpoint.parse(EXAMPLE.encode())
    assert (request.old_size, len(request.path), origin_of(request)) == (
        20852014,
        4,
        "example.com/behind-the-sofa",
    )
    assert request.encode() == EXAMPLE.encode()


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 7), (7, 7), (7, 8), (8, 40), (13, 39)])
def test_witness_cosigns_what_continues(old, new):
    request = AddCheckpoint.parse(asked(old, new).encode())
    checkpoint, signature = answer(request, at(old) if old else None)
    assert checkpoint == at(new)
    note = request.checkpoint + signature.line.encode()
    assert open_checkpoint(
        note, origin=LOG.name, log_key=LOG.verifier, witnesses=[WITNESS.verifier], quorum=1
    ) == at(new)


def test_witness_says_which_size_it_has():
    with pytest.raises(WitnessConflict) as refused:
        answer(asked(0, 20), at(13))
    assert refused.value.facts == {"size": 13}


def test_witness_never_goes_back():
    with pytest.raises(WitnessConflict):
        answer(asked(7, 9), at(13))


def test_witness_refuses_the_other_side_of_a_split():
    other = [*LEAVES[:5], leaf_hash(b"other"), *LEAVES[6:]]
    with pytest.raises(ConsistencyRefused):
        answer(asked(13, 20, other), at(13))
    with pytest.raises(WitnessConflict):
        answer(asked(13, 13, other), at(13))


def test_witness_refuses_a_log_it_does_not_know():
    stranger = SigningKey("example.com/other", ED25519, bytes(32))
    body = Checkpoint(stranger.name, 1, root_of(LEAVES[:1])).body
    with pytest.raises(UnknownLog):
        answer(AddCheckpoint(0, (), sign_note(body, stranger).encode()), None)


def test_witness_refuses_signatures_of_others():
    other = SigningKey(LOG.name, ED25519, b"o" * 32)
    with pytest.raises(NoKnownSignature):
        answer(asked(0, 5, key=other), None)
    request = asked(0, 5)
    changed = request.checkpoint.replace(b"\n5\n", b"\n6\n", 1)
    with pytest.raises(SignatureRefused):
        answer(AddCheckpoint(0, (), changed), None)


def test_witness_refuses_an_old_size_beyond_the_new():
    with pytest.raises(MalformedRequest):
        answer(AddCheckpoint(9, (), asked(0, 5).checkpoint), at(9))


@pytest.mark.parametrize(
    "text",
    [
        "", "old 5\n", "old -1\n\nx\n", "old 05\n\nx\n", "new 5\n\nx\n", "old 5\nAA==\n\nx\n", "old 5\n!\n\nx\n",
        "old 5\n" + "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n" * 64 + "\nx\n", "x" * 70_000,
    ],
)  # fmt: skip
def test_add_checkpoint_of_another_form_is_refused(text):
    with pytest.raises(MalformedRequest):
        AddCheckpoint.parse(text.encode())


@given(st.binary(max_size=80), st.integers(0, 3), st.integers(1, 255))
def test_witness_signs_nothing_that_was_changed(tail, place, change):
    data = bytearray(asked(7, 20).encode())
    data[place * 40 + 4] ^= change
    data += tail
    try:
        checkpoint, _ = answer(AddCheckpoint.parse(bytes(data)), at(7))
    except KernelError:
        return
    assert checkpoint == at(20)


def test_log_reads_the_cosignature_out_of_the_answer():
    checkpoint, signature = answer(asked(7, 20), at(7))
    stranger = SigningKey("stranger.example", COSIGNATURE_V1, b"s" * 32).cosign(checkpoint.body, time=1)
    lines = (stranger.line + signature.line).encode()
    assert cosignature_in(lines, text=checkpoint.body, witness=WITNESS.verifier) == signature


def test_log_believes_no_other_answer():
    text, other = at(20).body, at(19).body
    lines = {
        "of another checkpoint": (WITNESS.cosign(other, time=1).line.encode(), SignatureRefused),
        "with another text": (f"\n{other}\n{WITNESS.cosign(other, time=1).line}".encode(), SignatureRefused),
        "with a longer text": (
            f"— x\n\n{WITNESS.cosign(text, time=1).line}".encode(), SignatureRefused
        ),
        "of somebody else": (
            SigningKey("witness.example", COSIGNATURE_V1, b"o" * 32).cosign(text, time=1).line.encode(),
            NoKnownSignature,
        ),
        "empty": (b"", MalformedNote),
        "a page": (b"<html>\n\n</html>\n", MalformedNote),
        "no text at all": (b"\xff\xfe", MalformedNote),
    }  # fmt: skip
    for body, refusal in lines.values():
        with pytest.raises(refusal):
            cosignature_in(body, text=text, witness=WITNESS.verifier)


@pytest.mark.parametrize(
    ("body", "size"),
    [(b"13\n", 13), (b"0\n", 0), (b"13", 13), (b"", None), (b"-1\n", None), (b"013\n", None),
     (b"9" * 50, None), (b"\xff", None), (b"13\n\n", None)],
)  # fmt: skip
def test_log_reads_the_size_that_a_witness_has(body, size):
    assert size_in(body) == size
