import pytest
from folkmoot_kernel.errors import (
    MalformedPolicy,
    NoKnownSignature,
    SignatureRefused,
    TooFewWitnesses,
    WrongOrigin,
)
from folkmoot_kernel.notes import (
    COSIGNATURE_V1,
    ED25519,
    Checkpoint,
    Note,
    Policy,
    SigningKey,
    parse_witnesses,
)
from hypothesis import given
from hypothesis import strategies as st

LOG = SigningKey("box.example/season-2026", ED25519, bytes(32))
NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
KEYS = {
    name: SigningKey(f"{name}.example", COSIGNATURE_V1, bytes([n]) * 32) for n, name in enumerate(NAMES, 1)
}
WITNESSES = "\n".join(f"witness {name} {key.verifier.vkey}" for name, key in KEYS.items())
# The example of C2SP tlog-policy, with keys.
EXAMPLE = f"""# whom we trust
log {LOG.verifier.vkey} https://box.example/log/

{WITNESSES}
\tgroup X-witnesses  2 X1 X2 X3
group Y-witnesses any Y1 Y2 Y3
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""
BODY = Checkpoint(LOG.name, 5, bytes(32)).body


def cosigned(*names, log=LOG, body=BODY):
    cosignatures = [KEYS[name].cosign(body, time=1_795_000_000) for name in names]
    return Note(body).with_signatures(log.sign(body), *cosignatures).encode()


@pytest.mark.parametrize(
    ("names", "is_met"),
    [
        ((), False), (("X1", "X2"), False), (("X1", "Y1"), False), (("X1", "X3", "Y2"), True),
        (("Y1", "Y2", "Y3"), False), (NAMES, True),
    ],
)  # fmt: skip
def test_policy_of_the_specification_takes_two_and_one(names, is_met):
    policy = Policy.parse(EXAMPLE)
    assert policy.is_met({KEYS[name].verifier for name in names}) == is_met
    if is_met:
        assert policy.open_checkpoint(cosigned(*names)).size == 5
    else:
        with pytest.raises(TooFewWitnesses, match="by 3 of the known"):
            policy.open_checkpoint(cosigned(*names))


def test_policy_without_witnesses_takes_the_log_alone():
    policy = Policy.parse(f"log {LOG.verifier.vkey}\nquorum none\n")
    assert policy.open_checkpoint(cosigned()).origin == LOG.name
    assert (policy.needed, policy.log(LOG.name), policy.log("other")) == (0, LOG.verifier, None)


def test_policy_refuses_a_log_that_it_does_not_name():
    policy = Policy.parse("quorum none")
    with pytest.raises(NoKnownSignature):
        policy.open_checkpoint(cosigned())


def test_policy_refuses_a_checkpoint_of_another_origin():
    policy = Policy.parse(f"log {LOG.verifier.vkey}\nquorum none")
    with pytest.raises(WrongOrigin):
        policy.open_checkpoint(cosigned(body=Checkpoint("box.example/other", 5, bytes(32)).body))


def test_policy_refuses_a_checkpoint_whose_witness_signed_another():
    cosignature = KEYS["X1"].cosign(Checkpoint(LOG.name, 6, bytes(32)).body, time=1)
    note = Note(BODY).with_signatures(LOG.sign(BODY), cosignature).encode()
    with pytest.raises(SignatureRefused):
        Policy.parse(EXAMPLE).open_checkpoint(note)


@pytest.mark.parametrize(
    "text",
    [
        "", f"log {LOG.verifier.vkey}", "quorum nobody", "quorum none\nquorum none", "log nothing\nquorum none",
        f"log {KEYS['X1'].verifier.vkey}\nquorum none", f"witness a {LOG.verifier.vkey}\nquorum a",
        f"{WITNESSES}\n{WITNESSES}\nquorum none", f"witness none {KEYS['X1'].verifier.vkey}\nquorum none",
        f"{WITNESSES}\ngroup g 3 X1 X2\nquorum g", f"{WITNESSES}\ngroup g 0 X1 X2\nquorum g",
        f"{WITNESSES}\ngroup g\nquorum none", f"{WITNESSES}\ngroup g all\nquorum none",
        f"{WITNESSES}\ngroup g all X1 X1\nquorum g", f"{WITNESSES}\ngroup g all g\nquorum g",
        f"{WITNESSES}\ngroup g all X1\ngroup h all X1\nquorum h", f"{WITNESSES}\ngroup g some X1\nquorum g",
        "quorum none\x00", "quorum none\r\n", "witnes a b\nquorum none", "quorum none\n" * 1001,
    ],
)  # fmt: skip
def test_policy_of_another_form_is_refused(text):
    with pytest.raises(MalformedPolicy):
        Policy.parse(text)


@given(st.lists(st.sampled_from([*EXAMPLE.split("\n"), "group g all X1", "quorum none", "x"])).map("\n".join))
def test_policy_of_any_lines_reads_or_refuses(text):
    try:
        policy = Policy.parse(text)
    except MalformedPolicy:
        return
    assert policy.is_met({key.verifier for key in KEYS.values()})


ASKED = f"witness X1 {KEYS['X1'].verifier.vkey} https://x1.example/witness"


def test_policy_keeps_the_addresses_of_witnesses():
    policy = Policy.parse(f"{ASKED}\nwitness X2 {KEYS['X2'].verifier.vkey}\nquorum X1\n")
    assert policy.addresses == {"X1": "https://x1.example/witness"}
    assert parse_witnesses(f"{ASKED}\nquorum X1\n").addresses == {"X1": "https://x1.example/witness"}


@pytest.mark.parametrize(
    "text",
    [
        f"log {LOG.verifier.vkey}\n{ASKED}\nquorum X1\n",
        f"{ASKED}\nwitness X2 {KEYS['X2'].verifier.vkey}\nquorum X1\n",
        f"{ASKED} and more\nquorum X1\n",
        f"{ASKED}\n",
    ],
)
def test_witnesses_to_ask_have_addresses_and_no_log(text):
    with pytest.raises(MalformedPolicy):
        parse_witnesses(text)
