import base64
from hashlib import sha256

import pytest
from folkmoot_kernel.errors import InclusionRefused, KernelError, MalformedProof, TooFewWitnesses, WrongOrigin
from folkmoot_kernel.merkle import hashes_in, inclusion_path, leaf_hash, root_of
from folkmoot_kernel.notes import COSIGNATURE_V1, ED25519, Checkpoint, Note, Policy, SigningKey
from folkmoot_kernel.tiles import TlogProof, verify_proof, verify_receipt
from hypothesis import given
from hypothesis import strategies as st

HASH_1, HASH_2 = sha256(b"hash1").digest(), sha256(b"hash2").digest()
LINE_1, LINE_2 = base64.b64encode(HASH_1).decode(), base64.b64encode(HASH_2).decode()

# transparency-dev/formats proof/tlog_proof_test.go, TestMarshal
WRITTEN = [
    (
        TlogProof(5, (HASH_1, HASH_2), b"test checkpoint\n"),
        f"c2sp.org/tlog-proof@v1\nindex 5\n{LINE_1}\n{LINE_2}\n\ntest checkpoint\n",
    ),
    (
        TlogProof(10, (HASH_1,), b"checkpoint data\n", b"extra information"),
        f"c2sp.org/tlog-proof@v1\nextra ZXh0cmEgaW5mb3JtYXRpb24=\nindex 10\n{LINE_1}\n\ncheckpoint data\n",
    ),
    (TlogProof(0, (), b"checkpoint\n"), "c2sp.org/tlog-proof@v1\nindex 0\n\ncheckpoint\n"),
]


@pytest.mark.parametrize(("proof", "text"), WRITTEN)
def test_tlog_proof_is_written_as_the_reference_does(proof, text):
    assert proof.encode() == text.encode()
    assert TlogProof.parse(text.encode()) == proof


@given(
    st.builds(
        TlogProof,
        st.integers(0, 2**63 - 1),
        st.lists(st.binary(min_size=32, max_size=32), max_size=5).map(tuple),
        st.binary(max_size=40),
        st.none() | st.binary(max_size=20),
    )
)
def test_tlog_proof_reads_what_it_wrote(proof):
    assert TlogProof.parse(proof.encode()) == proof


# The first seven: transparency-dev/formats proof/tlog_proof_test.go, TestUnmarshalErrors.
@pytest.mark.parametrize(
    "text",
    [
        "wrong-header\nindex 0\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nextra !!notbase64!!\nindex 0\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\n\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nindex notanumber\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nindex -5\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n!!notbase64!!\n\ncheckpoint\n",
        f"c2sp.org/tlog-proof@v1\nindex 0\n{base64.b64encode(bytes(64)).decode()}\n\ncheckpoint\n",
        "",
        "c2sp.org/tlog-proof@v1\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n",
        "c2sp.org/tlog-proof@v1\nindex 00\n\ncheckpoint\n",
        f"c2sp.org/tlog-proof@v1\nindex 0\n{LINE_1} \n\ncheckpoint\n",
        f"c2sp.org/tlog-proof@v1\nindex 0\nextra AA==\n{LINE_1}\n\ncheckpoint\n",
        f"c2sp.org/tlog-proof@v1\r\nindex 0\r\n{LINE_1}\r\n\r\ncheckpoint\n",
    ],
)
def test_tlog_proof_refuses_other_texts(text):
    with pytest.raises(MalformedProof):
        TlogProof.parse(text.encode())


@given(
    st.binary(max_size=50) | st.sampled_from(WRITTEN).map(lambda pair: pair[1].encode()[:40] + b"\xff\n\n")
)
def test_tlog_proof_of_anything_refuses_or_is_exact(data):
    try:
        proof = TlogProof.parse(data)
    except KernelError:
        return
    assert proof.encode() == data


LOG = SigningKey("example.com/log", ED25519, bytes(32))
WITNESSES = [SigningKey(f"witness{n}.example", COSIGNATURE_V1, bytes([n]) * 32) for n in (1, 2, 3)]
LEAVES = [leaf_hash(b"ballot %d" % number) for number in range(20)]
TRUST = {"origin": LOG.name, "log_key": LOG.verifier, "witnesses": [w.verifier for w in WITNESSES]}


def receipt(index, *witnesses):
    body = Checkpoint(LOG.name, 20, root_of(LEAVES)).body
    cosignatures = [witness.cosign(body, time=1_700_000_000) for witness in witnesses]
    note = Note(body).with_signatures(LOG.sign(body), *cosignatures)
    return TlogProof(index, tuple(inclusion_path(index, 20, hashes_in(LEAVES))), note.encode())


@pytest.mark.parametrize("index", range(20))
def test_verify_proof_accepts_every_leaf_of_the_log(index):
    proof = TlogProof.parse(receipt(index, *WITNESSES[:2]).encode())
    checkpoint = verify_proof(proof, leaf=LEAVES[index], quorum=2, **TRUST)
    assert checkpoint == Checkpoint(LOG.name, 20, root_of(LEAVES))


def test_verify_proof_refuses_another_leaf():
    with pytest.raises(InclusionRefused):
        verify_proof(receipt(7), leaf=LEAVES[8], **TRUST)


def test_verify_proof_refuses_too_few_witnesses():
    with pytest.raises(TooFewWitnesses):
        verify_proof(receipt(7, WITNESSES[0]), leaf=LEAVES[7], quorum=2, **TRUST)


def test_verify_proof_refuses_another_log():
    with pytest.raises(WrongOrigin):
        verify_proof(receipt(7), leaf=LEAVES[7], **TRUST | {"origin": "example.com/other"})


@given(st.data())
def test_verify_proof_refuses_any_change_of_a_byte(data):
    """With all three witnesses needed, no byte of a receipt is without meaning."""
    whole = receipt(7, *WITNESSES).encode()
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(KernelError):
        verify_proof(TlogProof.parse(bytes(changed)), leaf=LEAVES[7], quorum=3, **TRUST)


POLICY = Policy.parse(
    "\n".join(
        [
            f"log {LOG.verifier.vkey}",
            *(f"witness {witness.name} {witness.verifier.vkey}" for witness in WITNESSES),
            "group two 2 witness1.example witness2.example witness3.example",
            "quorum two",
        ]
    )
)


def test_verify_receipt_accepts_what_the_policy_trusts():
    checkpoint = verify_receipt(receipt(7, *WITNESSES[:2]), leaf=LEAVES[7], policy=POLICY)
    assert checkpoint == Checkpoint(LOG.name, 20, root_of(LEAVES))


def test_verify_receipt_refuses_too_few_witnesses_and_another_leaf():
    with pytest.raises(TooFewWitnesses):
        verify_receipt(receipt(7, WITNESSES[0]), leaf=LEAVES[7], policy=POLICY)
    with pytest.raises(InclusionRefused):
        verify_receipt(receipt(7, *WITNESSES), leaf=LEAVES[8], policy=POLICY)
