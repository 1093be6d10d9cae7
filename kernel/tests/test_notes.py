import pytest
from folkmoot_kernel.errors import (
    AmbiguousKey,
    KernelError,
    MalformedKey,
    MalformedNote,
    NoKnownSignature,
    SignatureRefused,
)
from folkmoot_kernel.notes import (
    COSIGNATURE_V1,
    ED25519,
    Checkpoint,
    Note,
    Signature,
    SigningKey,
    VerifierKey,
    is_key_name,
    open_note,
    parse_note,
    sign_note,
)
from hypothesis import given
from hypothesis import strategies as st

from kernel.tests.note_vectors import (
    COSIGNED,
    ENOCH_KEY,
    ENOCH_LINE,
    PETER,
    PETER_KEY,
    PETER_LINE,
    TEXT,
    VECTORS,
    WITNESS_KEYS,
)

LOG_KEY = VerifierKey.parse(COSIGNED["log_vkey"])


def note_of(*lines):
    return (TEXT + "\n" + "".join(lines)).encode()


def test_sign_note_writes_the_note_of_go():
    key = SigningKey.parse(PETER["skey"])
    assert sign_note(TEXT, key).encode() == note_of(PETER_LINE)


def test_keys_are_read_and_written_as_go_does():
    key = SigningKey.parse(PETER["skey"])
    assert (key.name, key.kind, key.skey) == ("PeterNeumann", ED25519, PETER["skey"])
    assert key.verifier == PETER_KEY
    assert PETER_KEY.vkey == PETER["vkey"]
    assert PETER_KEY.key_id.hex() == "c74f20a3"


def test_witness_keys_are_read_and_written_with_their_own_key_id():
    assert [key.vkey for key in WITNESS_KEYS] == COSIGNED["witness_vkeys"]
    assert {key.kind for key in WITNESS_KEYS} == {COSIGNATURE_V1}


def mangled(text):
    """What Go tries in TestNewVerifier and TestNewSigner: every piece of a key, every byte one greater."""
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            if end - start < len(text):
                yield text[start:end]
    for place, character in enumerate(text):
        yield text[:place] + chr(ord(character) + 1) + text[place + 1 :]


@pytest.mark.parametrize(("kind", "key"), [(VerifierKey, PETER["vkey"]), (SigningKey, PETER["skey"])])
def test_keys_refuse_every_mangling(kind, key):
    accepted = []
    for text in mangled(key):
        try:
            accepted.append(kind.parse(text))
        except MalformedKey:
            continue
    assert accepted == []


@pytest.mark.parametrize(
    "vkey", [*PETER["refused_vkeys"], "", "a", "a+b", "++", "a+00000000+", PETER["vkey"].upper()]
)
def test_verifier_key_refuses_other_texts(vkey):
    with pytest.raises(MalformedKey):
        VerifierKey.parse(vkey)


def test_signing_key_shows_its_seed_nowhere():
    key = SigningKey.parse(PETER["skey"])
    assert repr(key) == "SigningKey(name='PeterNeumann', kind=1)"
    with pytest.raises(MalformedKey) as refused:
        SigningKey.parse(PETER["skey"][:-1])
    assert PETER["skey"][-20:-1] not in str(refused.value)


@given(st.binary(min_size=32, max_size=32), st.sampled_from([ED25519, COSIGNATURE_V1]))
def test_signing_key_reads_what_it_wrote(seed, kind):
    key = SigningKey("example.com/log", kind, seed)
    assert SigningKey.parse(key.skey) == key
    assert VerifierKey.parse(key.verifier.vkey) == key.verifier


@pytest.mark.parametrize(
    "name", ["", "a b", "a+b", "a\u00a0b", "a\u2003b", "a\nb", "a\tb", "a\x00b", "a\u0085b", "\ud800"]
)
def test_key_names_hold_no_spaces_pluses_or_control_characters(name):
    assert not is_key_name(name)
    with pytest.raises(MalformedKey):
        VerifierKey(name, ED25519, bytes(32))


@pytest.mark.parametrize(
    ("kind", "public"), [(2, bytes(32)), (6, bytes(32)), (ED25519, bytes(31)), (ED25519, b"")]
)
def test_verifier_key_refuses_other_kinds_and_lengths(kind, public):
    with pytest.raises(MalformedKey):
        VerifierKey("a", kind, public)


# golang/mod sumdb/note/note_test.go, TestOpen


def test_open_note_tells_verified_signatures_from_unknown_ones():
    note = open_note(note_of(PETER_LINE, ENOCH_LINE), [PETER_KEY])
    assert note.text == TEXT
    assert [signature.line for signature in note.signatures] == [PETER_LINE]
    assert [signature.line for signature in note.unverified] == [ENOCH_LINE]


def test_open_note_verifies_all_known_keys():
    note = open_note(note_of(PETER_LINE, ENOCH_LINE), [ENOCH_KEY, PETER_KEY])
    assert [signature.line for signature in note.signatures] == [PETER_LINE, ENOCH_LINE]
    assert note.unverified == ()


def test_open_note_refuses_a_note_that_nobody_known_has_signed():
    for known in ([], [ENOCH_KEY]):
        with pytest.raises(NoKnownSignature):
            open_note(note_of(PETER_LINE), known)


def test_open_note_refuses_a_known_key_whose_signature_does_not_fit():
    with pytest.raises(SignatureRefused) as refused:
        open_note(note_of(ENOCH_LINE, PETER_LINE).replace(b"answer", b"Answer"), [PETER_KEY])
    assert str(refused.value) == (
        "The signature of 'PeterNeumann' with the key ID c74f20a3 does not fit the text of the note."
    )
    broken = PETER_LINE[:60] + "ABCD" + PETER_LINE[60:]
    for lines in ([broken], [ENOCH_LINE, broken], [PETER_LINE, broken], [broken, PETER_LINE]):
        with pytest.raises(SignatureRefused):
            open_note(note_of(*lines), [PETER_KEY, ENOCH_KEY])


def test_open_note_counts_repeated_signatures_once():
    other = ENOCH_LINE[:60] + "ABCD" + ENOCH_LINE[60:]
    note = open_note(note_of(PETER_LINE, PETER_LINE, ENOCH_LINE, ENOCH_LINE, other), [PETER_KEY])
    assert [signature.line for signature in note.signatures] == [PETER_LINE]
    assert [signature.line for signature in note.unverified] == [ENOCH_LINE, other]


def test_open_note_ignores_a_known_name_with_another_key_id_and_the_reverse():
    renamed = PETER_LINE.replace("PeterNeumann", "CarmenSandiego")
    other_id = PETER_LINE.replace("x08g", "xxxx")
    note = open_note(note_of(renamed, other_id, ENOCH_LINE), [PETER_KEY, ENOCH_KEY])
    assert [signature.line for signature in note.unverified] == [renamed, other_id]


def test_open_note_refuses_two_known_keys_of_one_name_and_key_id():
    class Twin(VerifierKey):
        key_id = PETER_KEY.key_id

    twin = Twin("PeterNeumann", ED25519, bytes(32))
    with pytest.raises(AmbiguousKey):
        open_note(note_of(PETER_LINE), [PETER_KEY, twin])
    assert open_note(note_of(PETER_LINE), [PETER_KEY, PETER_KEY]).text == TEXT


def test_open_note_takes_100_signatures_and_refuses_101():
    assert len(open_note(note_of(*[PETER_LINE] * 100), [PETER_KEY]).signatures) == 1
    with pytest.raises(MalformedNote):
        open_note(note_of(*[PETER_LINE] * 101), [PETER_KEY])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\n\n",
        TEXT.encode(),
        note_of(),
        note_of(PETER_LINE)[:-1],
        note_of(PETER_LINE, "\n"),
        b"\x01" + note_of(PETER_LINE),
        b"\xff" + note_of(PETER_LINE),
        b"\t" + note_of(PETER_LINE),
        note_of(PETER_LINE).replace(b"\n", b"\r\n"),
        note_of(PETER_LINE.replace("PeterNeumann", "Bad Name")),
        note_of(PETER_LINE.replace("PeterNeumann", "Bad+Name")),
        note_of(PETER_LINE.replace("PeterNeumann", "")),
        note_of(PETER_LINE, "Unexpected line.\n"),
        note_of(PETER_LINE.replace("—", "-")),
        note_of(PETER_LINE.replace("— ", "—")),
        note_of(PETER_LINE.replace("— ", "— — ")),
        note_of(PETER_LINE.replace("=", "")),
        note_of("— PeterNeumann x08gow==\n"),
        note_of("— PeterNeumann \n"),
        note_of("— PeterNeumann\n"),
    ],
)
def test_parse_note_refuses_what_is_not_a_note(data):
    with pytest.raises(MalformedNote):
        parse_note(data)


@given(st.binary(max_size=60) | st.text(alphabet="a\n — AQ=+", max_size=60).map(str.encode))
def test_parse_note_of_anything_refuses_or_is_exact(data):
    try:
        note = parse_note(data)
    except KernelError:
        return
    assert note.encode() == data


def test_parse_note_reads_the_examples_of_the_specifications():
    poem = parse_note(VECTORS["signed_note_spec"]["note"].encode())
    assert poem.text.split("\n") == [
        "Ognuno sta solo sul cuor della terra",
        "trafitto da un raggio di sole:",
        "",
        "ed è subito sera.",
        "",
    ]
    assert [signature.name for signature in poem.unverified] == ["quasimodo.example/salvatore"]
    assert poem.encode().decode() == VECTORS["signed_note_spec"]["note"]

    sofa = parse_note(VECTORS["checkpoint_spec"]["note"].encode())
    log, witness = sofa.unverified
    assert (log.name, len(log.data)) == ("example.com/behind-the-sofa", 64)
    assert (witness.name, len(witness.data)) == ("witness.example.com/w1", 72)
    assert witness.time == VECTORS["checkpoint_spec"]["time"]
    checkpoint = Checkpoint.parse(sofa.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert checkpoint.body == sofa.text


texts = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"]) | st.just("\n")).map(
    "{}\n".format
)
KEY = SigningKey("example.com/log", ED25519, bytes(range(32)))
OTHER = SigningKey("example.com/other", ED25519, bytes(32))
WITNESS = SigningKey("witness.example", COSIGNATURE_V1, bytes(range(1, 33)))


@given(texts)
def test_open_note_reads_every_text_that_was_signed(text):
    note = open_note(sign_note(text, KEY, OTHER).encode(), [KEY.verifier, OTHER.verifier])
    assert note.text == text
    assert [signature.name for signature in note.signatures] == [KEY.name, OTHER.name]


@given(texts, st.data())
def test_open_note_refuses_any_change_of_a_byte(text, data):
    whole = sign_note(text, KEY).encode()
    changed = bytearray(whole)
    changed[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(KernelError):
        open_note(bytes(changed), [KEY.verifier])


@pytest.mark.parametrize("text", ["", "no newline", "a\rb\n", "a\x00\n", "half \ud800\n"])
def test_sign_note_refuses_what_a_note_may_not_hold(text):
    for act in (KEY.sign, Note):
        with pytest.raises(MalformedNote):
            act(text)


def test_note_without_signatures_is_not_written():
    with pytest.raises(MalformedNote):
        Note(TEXT).encode()


def test_note_replaces_the_older_signature_of_a_key_and_keeps_the_others():
    # Go's TestSign: "existing signature is replaced by new one"
    fresh = SigningKey.parse(PETER["skey"]).sign(TEXT)
    stale = Signature("PeterNeumann", fresh.key_id, b"bad signature")
    note = parse_note(note_of(stale.line, ENOCH_LINE)).with_signatures(fresh)
    assert note.encode() == note_of(ENOCH_LINE, PETER_LINE)
    assert Note(TEXT, signatures=(stale,)).with_signatures(fresh).encode() == note_of(PETER_LINE)
