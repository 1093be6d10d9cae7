"""Token type 2 by the vectors of RFC 9578, made by two independent implementations."""

import hashlib
import json
import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from folkmoot_kernel.errors import (
    BlindingRefused,
    BlindSignatureRefused,
    KernelError,
    MalformedToken,
    MalformedTokenKey,
    TokenRefused,
    TokenRequestRefused,
)
from folkmoot_kernel.sampling import random_below
from folkmoot_kernel.tokens import (
    Issuer,
    Token,
    TokenChallenge,
    TokenKey,
    TokenRequest,
    TokenResponse,
    ask_token,
    verify_credential,
    verify_token,
    voter_nonce,
)
from hypothesis import given
from hypothesis import strategies as st

VECTORS = Path(__file__).parent / "vectors"
CHANCE = random.Random(9578).randbytes


def vectors(name):
    raw = json.loads((VECTORS / f"rfc9578_type2_{name}.json").read_text("utf-8"))["vectors"]
    return [{part: bytes.fromhex(text) for part, text in case.items()} for case in raw]


CASES = {f"{name}-{i}": case for name in ("go", "rust") for i, case in enumerate(vectors(name))}
every_vector = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@every_vector
def test_token_goes_the_way_of_the_rfc_byte_for_byte(case):
    private = load_pem_private_key(case["skS"], None)
    issuer = Issuer(private, chance=CHANCE)
    assert issuer.key.spki == case["pkS"]
    assert TokenKey(case["pkS"]).rsa == private.public_key()

    challenge = TokenChallenge.parse(case["token_challenge"])
    assert challenge.encode() == case["token_challenge"]
    factor = int.from_bytes(case["blind"], "big")
    asked = ask_token(issuer.key, challenge, case["nonce"], salt=case["salt"], factor=factor)
    assert asked.request.encode() == case["token_request"]

    response = issuer.answer(TokenRequest.parse(case["token_request"]))
    assert response.encode() == case["token_response"]
    token = asked.finalize(TokenResponse.parse(case["token_response"]))
    assert token.encode() == case["token"]
    assert Token.parse(case["token"]) == token
    verify_token(token, key=issuer.key, challenge=challenge)


def test_both_sets_have_five_vectors_each():
    assert [name.split("-")[0] for name in CASES] == ["go"] * 5 + ["rust"] * 5


@pytest.fixture(scope="module")
def issuer():
    return Issuer(rsa.generate_private_key(65_537, 2048), chance=CHANCE)


@pytest.fixture(scope="module")
def other_issuer():
    return Issuer(rsa.generate_private_key(65_537, 2048), chance=CHANCE)


PK = b"\x04" + bytes(range(64))
CHALLENGE = TokenChallenge("registrar.example", bytes(range(32)), "box.example")


def asked_of(issuer):
    factor = random_below(issuer.key.modulus, CHANCE)
    return ask_token(issuer.key, CHALLENGE, voter_nonce(PK), salt=CHANCE(48), factor=factor)


@pytest.fixture(scope="module")
def token(issuer):
    asked = asked_of(issuer)
    return asked.finalize(issuer.answer(asked.request))


def test_voter_nonce_is_the_plain_hash_of_tag_and_key():
    assert voter_nonce(PK) == hashlib.sha256(b"folkmoot/pk/v1" + PK).digest()


def test_token_is_accepted_for_its_voter_key_and_challenge(issuer, token):
    assert len(token.encode()) == 354
    verify_credential(token, voter_key=PK, key=issuer.key, challenge=CHALLENGE)


def test_token_is_refused_with_another_voters_key(issuer, token):
    with pytest.raises(TokenRefused) as refused:
        verify_credential(token, voter_key=PK[:-1] + b"\0", key=issuer.key, challenge=CHALLENGE)
    assert str(refused.value) == "This token does not count: it belongs to another voter's key."


@pytest.mark.parametrize(
    "challenge",
    [
        TokenChallenge("other.example", bytes(range(32)), "box.example"),
        TokenChallenge("registrar.example", bytes(32), "box.example"),
        TokenChallenge("registrar.example", bytes(range(32)), "other.example"),
    ],
)
def test_token_is_refused_for_another_registrar_paper_or_box(issuer, token, challenge):
    with pytest.raises(TokenRefused) as refused:
        verify_token(token, key=issuer.key, challenge=challenge)
    assert refused.value.facts == {"reason": "it is for another paper, registrar or box"}


def test_token_of_one_stratum_is_refused_in_another(other_issuer, token):
    with pytest.raises(TokenRefused) as refused:
        verify_token(token, key=other_issuer.key, challenge=CHALLENGE)
    assert refused.value.facts == {"reason": "another key signed it"}


def test_token_renamed_to_another_stratum_is_refused(other_issuer, token):
    forged = Token(token.nonce, token.challenge_digest, other_issuer.key.key_id, token.authenticator)
    with pytest.raises(TokenRefused) as refused:
        verify_token(forged, key=other_issuer.key, challenge=CHALLENGE)
    assert refused.value.facts == {"reason": "its signature does not fit"}


def test_token_with_any_changed_byte_is_refused(issuer, token):
    whole = token.encode()
    for place in range(len(whole)):
        changed = whole[:place] + bytes([whole[place] ^ 0x01]) + whole[place + 1 :]
        with pytest.raises(KernelError):
            verify_credential(Token.parse(changed), voter_key=PK, key=issuer.key, challenge=CHALLENGE)


def test_issuer_answers_the_same_request_the_same(issuer):
    request = asked_of(issuer).request
    assert issuer.answer(request) == issuer.answer(request)


def test_issuer_refuses_the_request_for_another_key_and_numbers_too_large(issuer):
    request = asked_of(issuer).request
    for wrong in (
        TokenRequest(request.truncated_key_id ^ 1, request.blinded_message),
        TokenRequest(request.truncated_key_id, b"\xff" * 256),
    ):
        with pytest.raises(TokenRequestRefused):
            issuer.answer(wrong)


def test_asked_token_refuses_the_answer_of_another_key(issuer, other_issuer):
    asked = asked_of(issuer)
    request = TokenRequest(other_issuer.key.truncated_key_id, b"\0" + asked.request.blinded_message[1:])
    with pytest.raises(BlindSignatureRefused):
        asked.finalize(other_issuer.answer(request))


def test_asked_token_shows_neither_inverse_nor_message(issuer):
    asked = asked_of(issuer)
    assert str(asked.inverse) not in repr(asked)
    assert repr(asked).count("signed_part") == 0


def test_ask_token_refuses_a_salt_of_another_length(issuer):
    with pytest.raises(BlindingRefused):
        ask_token(issuer.key, CHALLENGE, voter_nonce(PK), salt=bytes(32), factor=5)


def test_issuer_takes_only_keys_of_2048_bits_and_the_usual_exponent():
    for exponent, bits in ((3, 2048), (65_537, 3072)):
        with pytest.raises(MalformedTokenKey):
            Issuer(rsa.generate_private_key(exponent, bits), chance=CHANCE)


def test_token_key_has_one_spelling(issuer):
    spki = issuer.key.spki
    even = spki[:-6] + bytes([spki[-6] & 0xFE]) + spki[-5:]
    places = [*range(81), *range(len(spki) - 5, len(spki))]  # all but the modulus
    changed = [spki[:place] + bytes([spki[place] ^ 1]) + spki[place + 1 :] for place in places]
    for wrong in (b"", spki[:-1], spki + b"\0", even, *changed):
        with pytest.raises(MalformedTokenKey):
            TokenKey(wrong)


names = st.text(st.characters(max_codepoint=127), min_size=1, max_size=40)


@given(names, st.sampled_from([b"", bytes(32), bytes(range(32))]), names | st.just(""))
def test_challenge_reads_what_it_wrote(issuer_name, context, origin):
    challenge = TokenChallenge(issuer_name, context, origin)
    assert TokenChallenge.parse(challenge.encode()) == challenge


@given(st.binary(max_size=60) | st.binary(max_size=60).map(b"\x00\x02\x00\x02".__add__))
def test_challenge_of_anything_refuses_or_is_exact(data):
    try:
        challenge = TokenChallenge.parse(data)
    except MalformedToken:
        return
    assert challenge.encode() == data


@pytest.mark.parametrize(
    "parts",
    [
        ("", bytes(32), "box.example"),
        ("a" * 65_536, bytes(32), ""),
        ("registrar.example", bytes(31), ""),
        ("registrar.example", bytes(32), "b" * 65_536),
        ("登记.example", bytes(32), ""),
    ],
)
def test_challenge_refuses_what_it_cannot_write(parts):
    with pytest.raises(MalformedToken):
        TokenChallenge(*parts)


@pytest.mark.parametrize(
    ("kind", "length"), [(TokenRequest, 259), (TokenResponse, 256), (Token, 354)], ids=str
)
def test_messages_refuse_other_lengths_and_types(kind, length):
    typed = b"\x00\x02" + bytes(length - 2)
    assert kind.parse(typed).encode() == typed
    wrong = [b"", typed[:-1], typed + b"\0"]
    if kind is not TokenResponse:
        wrong += [b"\x00\x01" + bytes(length - 2), b"\xda\x7a" + bytes(length - 2)]
    for data in wrong:
        with pytest.raises(MalformedToken):
            kind.parse(data)
