"""Checkpoints and cosignatures: C2SP tlog-checkpoint and tlog-cosignature."""

import pytest
from folkmoot_kernel.errors import (
    MalformedCheckpoint,
    NoKnownSignature,
    SignatureRefused,
    TooFewWitnesses,
    WrongKeyKind,
    WrongOrigin,
)
from folkmoot_kernel.notes import (
    COSIGNATURE_V1,
    ED25519,
    Checkpoint,
    Note,
    Signature,
    SigningKey,
    VerifierKey,
    open_checkpoint,
    open_note,
    parse_note,
    sign_note,
)
from hypothesis import given
from hypothesis import strategies as st

from kernel.tests.note_vectors import COSIGNED, TEXT, VECTORS, WITNESS_KEYS

KEY = SigningKey("example.com/log", ED25519, bytes(range(32)))
OTHER = SigningKey("example.com/other", ED25519, bytes(32))
WITNESS = SigningKey("witness.example", COSIGNATURE_V1, bytes(range(1, 33)))
LOG_KEY = VerifierKey.parse(COSIGNED["log_vkey"])


def test_open_checkpoint_accepts_a_checkpoint_of_the_go_checksum_database():
    vector = VECTORS["go_sumdb"]
    checkpoint = open_checkpoint(
        vector["note"].encode(), origin="go.sum database tree", log_key=VerifierKey.parse(vector["vkey"])
    )
    assert checkpoint.size == vector["size"]


def test_open_checkpoint_accepts_a_checkpoint_of_a_public_log_with_four_witnesses():
    checkpoint = open_checkpoint(
        COSIGNED["note"].encode(), origin=LOG_KEY.name, log_key=LOG_KEY, witnesses=WITNESS_KEYS, quorum=4
    )
    assert checkpoint.size == COSIGNED["size"]
    cosignatures = open_note(COSIGNED["note"].encode(), WITNESS_KEYS).signatures
    assert [signature.time for signature in cosignatures] == [COSIGNED["time"]] * 4


def test_open_checkpoint_counts_only_witnesses_that_have_cosigned():
    absent = VerifierKey.parse(COSIGNED["absent_witness_vkey"])
    with pytest.raises(TooFewWitnesses) as refused:
        open_checkpoint(
            COSIGNED["note"].encode(),
            origin=LOG_KEY.name,
            log_key=LOG_KEY,
            witnesses=[*WITNESS_KEYS, absent],
            quorum=5,
        )
    assert refused.value.facts == {"needed": 5, "found": 4}


BODY = Checkpoint("example.com/log", 3, bytes(32)).body


def cosigned_by(*keys, time=1_700_000_000):
    note = Note(BODY).with_signatures(KEY.sign(BODY), *(key.cosign(BODY, time=time) for key in keys))
    return note.encode()


def test_open_checkpoint_counts_a_witness_with_two_names_once():
    alias = SigningKey("alias.example", COSIGNATURE_V1, WITNESS.seed)
    trusted = [WITNESS.verifier, alias.verifier]
    with pytest.raises(TooFewWitnesses):
        open_checkpoint(
            cosigned_by(WITNESS, alias), origin=KEY.name, log_key=KEY.verifier, witnesses=trusted, quorum=2
        )


def test_open_checkpoint_does_not_count_the_log_as_its_own_witness():
    itself = SigningKey("witness.example", COSIGNATURE_V1, KEY.seed)
    with pytest.raises(TooFewWitnesses):
        open_checkpoint(
            cosigned_by(itself),
            origin=KEY.name,
            log_key=KEY.verifier,
            witnesses=[itself.verifier],
            quorum=1,
        )


def test_open_checkpoint_needs_the_log_itself():
    only_witness = Note(BODY).with_signatures(WITNESS.cosign(BODY, time=0)).encode()
    with pytest.raises(NoKnownSignature):
        open_checkpoint(
            only_witness, origin=KEY.name, log_key=KEY.verifier, witnesses=[WITNESS.verifier], quorum=1
        )


def test_open_checkpoint_refuses_another_origin():
    with pytest.raises(WrongOrigin) as refused:
        open_checkpoint(cosigned_by(), origin="example.com/other", log_key=KEY.verifier)
    assert str(refused.value) == "The checkpoint is of the log 'example.com/log', not of 'example.com/other'."


def test_open_checkpoint_refuses_a_signed_text_that_is_no_checkpoint():
    with pytest.raises(MalformedCheckpoint):
        open_checkpoint(sign_note("hello\n", KEY).encode(), origin=KEY.name, log_key=KEY.verifier)


@given(st.integers(0, 2**63 - 1))
def test_cosign_signs_text_and_time(time):
    note = open_note(cosigned_by(WITNESS, time=time), [WITNESS.verifier])
    assert [signature.time for signature in note.signatures] == [time]


@given(st.integers(0, 71), st.integers(1, 255))
def test_verify_refuses_a_cosignature_with_any_byte_changed(place, change):
    cosignature = WITNESS.cosign(BODY, time=1_700_000_000)
    data = bytearray(cosignature.data)
    data[place] ^= change
    with pytest.raises(SignatureRefused):
        WITNESS.verifier.verify(BODY, Signature(WITNESS.name, cosignature.key_id, bytes(data)))


@pytest.mark.parametrize("length", [1, 7, 8, 9, 64, 71])
def test_verify_refuses_a_cosignature_cut_short(length):
    cosignature = WITNESS.cosign(BODY, time=1_700_000_000)
    cut = Signature(WITNESS.name, cosignature.key_id, cosignature.data[:length])
    with pytest.raises(SignatureRefused):
        WITNESS.verifier.verify(BODY, cut)


def test_verify_refuses_the_signature_of_another_key():
    with pytest.raises(SignatureRefused):
        KEY.verifier.verify(TEXT, OTHER.sign(TEXT))


def test_verify_refuses_a_fitting_signature_under_another_name_or_key_id():
    fitting = KEY.sign(TEXT)
    KEY.verifier.verify(TEXT, fitting)
    for line in (
        Signature(OTHER.name, fitting.key_id, fitting.data),
        Signature(KEY.name, OTHER.verifier.key_id, fitting.data),
    ):
        with pytest.raises(SignatureRefused):
            KEY.verifier.verify(TEXT, line)


def test_verify_refuses_a_time_past_the_largest_int64():
    plain = SigningKey(WITNESS.name, ED25519, WITNESS.seed)
    for time, is_allowed in ((2**63 - 1, True), (2**63, False)):
        message = f"cosignature/v1\ntime {time}\n{BODY}"
        data = time.to_bytes(8, "big") + plain.sign(message).data
        signature = Signature(WITNESS.name, WITNESS.verifier.key_id, data)
        if is_allowed:
            WITNESS.verifier.verify(BODY, signature)
        else:
            with pytest.raises(SignatureRefused):
                WITNESS.verifier.verify(BODY, signature)


def test_open_note_counts_a_witness_that_cosigned_twice_once():
    early, late = (WITNESS.cosign(BODY, time=time) for time in (1, 2))
    data = (BODY + "\n" + early.line + late.line).encode()
    assert open_note(data, [WITNESS.verifier]).signatures == (early,)


def test_cosign_covers_further_lines_of_the_checkpoint():
    body = BODY + "further line\n"
    cosignature = WITNESS.cosign(body, time=5)
    WITNESS.verifier.verify(body, cosignature)
    with pytest.raises(SignatureRefused):
        WITNESS.verifier.verify(BODY, cosignature)


def test_cosign_signs_the_message_of_the_specification():
    body = Checkpoint.parse(parse_note(VECTORS["checkpoint_spec"]["note"].encode()).text).body
    plain = SigningKey(WITNESS.name, ED25519, WITNESS.seed)
    message = (
        "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )
    data = WITNESS.cosign(body, time=1_679_315_147).data
    assert data == (1_679_315_147).to_bytes(8, "big") + plain.sign(message).data


def test_keys_make_only_their_own_kind_of_signature():
    with pytest.raises(WrongKeyKind):
        WITNESS.sign(BODY)
    with pytest.raises(WrongKeyKind):
        KEY.cosign(BODY, time=0)


@pytest.mark.parametrize("time", [-1, 2**63])
def test_cosign_refuses_times_that_do_not_fit(time):
    with pytest.raises(MalformedCheckpoint):
        WITNESS.cosign(BODY, time=time)


def test_cosign_refuses_what_is_no_checkpoint():
    with pytest.raises(MalformedCheckpoint):
        WITNESS.cosign("hello\n", time=0)


lines = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"]), min_size=1, max_size=10)


@given(
    st.builds(
        Checkpoint,
        lines,
        st.integers(0, 2**63 - 1),
        st.binary(min_size=32, max_size=32),
        st.lists(lines, max_size=3).map(tuple),
    )
)
def test_checkpoint_reads_what_it_wrote(checkpoint):
    assert Checkpoint.parse(checkpoint.body) == checkpoint


ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\n",
        f"log\n3\n{ROOT}",
        f"\n3\n{ROOT}\n",
        f"log\n03\n{ROOT}\n",
        f"log\n-3\n{ROOT}\n",
        f"log\n\n{ROOT}\n",
        f"log\n{2**63}\n{ROOT}\n",
        "log\n3\n",
        "log\n3\nAAAA\n",
        f"log\n3\n{ROOT[:-1]}\n",
        f"log\n3\n{ROOT}\n\n",
        f"log\n3\n{ROOT}\n\nfurther\n",
        f"log\n3\n{ROOT} \n",
        f"log\r\n3\r\n{ROOT}\r\n",
    ],
)
def test_checkpoint_refuses_other_texts(body):
    with pytest.raises(MalformedCheckpoint):
        Checkpoint.parse(body)
