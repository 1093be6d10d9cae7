"""The booth's cryptography, in Node and in Chromium: every vector of the kernel, and each with the other."""

import gzip
import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from folkmoot_kernel.es256 import ORDER, point_of, private_key, verify_es256
from folkmoot_kernel.hpke import RecipientKey, unseal
from folkmoot_kernel.recovery import token_factor, token_salt, voter_scalar
from folkmoot_kernel.sealing import Opening, commitment, pad, unseal_opening
from folkmoot_kernel.tokens import (
    Issuer,
    Token,
    TokenChallenge,
    TokenRequest,
    ask_token,
    verify_credential,
    voter_nonce,
)

from folkmoot.ui.build import ROOT
from tests.ballots.booth import Booth, Request, bundle, in_chromium, in_node

VECTORS = ROOT / "kernel" / "tests" / "vectors"
BOOTH = ROOT / "folkmoot" / "ballots" / "booth"
MAX_CRYPTO_BYTES = 20_000  # of the 40,000 that the whole booth may weigh


def read(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


RECOVERY = read("recovery.json")
HPKE = read("rfc9180_a3.json")
BLIND = read("rfc9474.json")["vectors"]
TOKENS = [*read("rfc9578_type2_go.json")["vectors"], *read("rfc9578_type2_rust.json")["vectors"]]


@pytest.fixture(scope="module", params=["node", pytest.param("chromium", marks=pytest.mark.browser)])
def booth(request: pytest.FixtureRequest) -> Iterator[Booth]:
    if request.param == "node":
        yield in_node
        return
    with in_chromium(request.getfixturevalue("browser")) as asked:
        yield asked


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(rsa.generate_private_key(65_537, 2048), chance=secrets.token_bytes)


def plain(text: str) -> str:
    return text.removeprefix("0x")


# vectors of others


def test_booth_blinds_and_finalizes_as_rfc_9474_does(booth: Booth) -> None:
    keys = [{"n": plain(case["n"]), "e": plain(case["e"])} for case in BLIND]
    factors = [f"{pow(int(case['inv'], 16), -1, int(case['n'], 16)):x}" for case in BLIND]
    blinded = booth(
        *(
            ("blind", key | {"message": case["input_msg"], "salt": case.get("salt") or "", "factor": factor})
            for case, key, factor in zip(BLIND, keys, factors, strict=True)
        )
    )
    assert [state["message"] for state in blinded] == [case["blinded_msg"] for case in BLIND]
    assert [int(state["inverse"], 16) for state in blinded] == [int(case["inv"], 16) for case in BLIND]
    signatures = booth(
        *(
            ("finalize", key | {"answer": case["blind_sig"]} | state)
            for case, key, state in zip(BLIND, keys, blinded, strict=True)
        )
    )
    assert signatures == [case["sig"] for case in BLIND]


def challenge_parts(data: str) -> dict[str, str]:
    challenge = TokenChallenge.parse(bytes.fromhex(data))
    return {
        "issuer": challenge.issuer_name,
        "context": challenge.redemption_context.hex(),
        "origin": challenge.origin_info,
    }


def test_booth_makes_tokens_as_rfc_9578_does(booth: Booth) -> None:
    challenges = [challenge_parts(case["token_challenge"]) for case in TOKENS]
    assert booth(*(("challenge", parts) for parts in challenges)) == [
        case["token_challenge"] for case in TOKENS
    ]
    asked = booth(
        *(
            (
                "ask",
                parts
                | {
                    "spki": case["pkS"],
                    "nonce": case["nonce"],
                    "salt": case["salt"],
                    "factor": case["blind"],
                },
            )
            for case, parts in zip(TOKENS, challenges, strict=True)
        )
    )
    assert [state["request"] for state in asked] == [case["token_request"] for case in TOKENS]
    finished: list[Request] = [
        ("finish", {"spki": case["pkS"], "asked": state, "response": case["token_response"]})
        for case, state in zip(TOKENS, asked, strict=True)
    ]
    assert booth(*finished) == [case["token"] for case in TOKENS]


def test_booth_seals_as_rfc_9180_does(booth: Booth) -> None:
    parts = {
        "recipient": HPKE["pkRm"], "plaintext": HPKE["pt"], "aad": HPKE["aad"], "info": HPKE["info"],
        "sender": HPKE["skEm"],
    }  # fmt: skip
    assert booth(("hpke", parts)) == [HPKE["pkEm"] + HPKE["ct"]]


# vectors of our own


def test_booth_derives_the_numbers_of_the_kernel(booth: Booth) -> None:
    voters = booth(*(("voter", case | {"spki": RECOVERY["spki"]}) for case in RECOVERY["voters"]))
    for found, case in zip(voters, RECOVERY["voters"], strict=True):
        assert int(found["scalar"], 16) == int(case["scalar"], 16)
        assert found["salt"] == case["salt"]
        assert int(found["factor"], 16) == int(case["factor"], 16)
    slips = booth(*(("slip", case) for case in RECOVERY["slips"]))
    assert [int(text, 16) for text in slips] == [int(case["scalar"], 16) for case in RECOVERY["slips"]]
    numbers = booth(*(("deriveNumber", case) for case in RECOVERY["numbers"]))
    assert numbers == [case["number"] for case in RECOVERY["numbers"]]
    derived = booth(*(("deriveBytes", case) for case in RECOVERY["bytes"]))
    assert derived == [case["bytes"] for case in RECOVERY["bytes"]]


def test_booth_computes_the_points_of_openssl(booth: Booth) -> None:
    scalars = [1, 2, 3, ORDER - 1, ORDER // 2, *(secrets.randbelow(ORDER - 1) + 1 for _ in range(20))]
    points = booth(*(("point", {"scalar": f"{scalar:x}"}) for scalar in scalars))
    assert points == [point_of(private_key(scalar).public_key()).hex() for scalar in scalars]


# the booth and the kernel with each other


def test_voter_in_the_booth_gets_a_token_that_everybody_accepts(booth: Booth, issuer: Issuer) -> None:
    paper = secrets.token_bytes(32)
    challenge = TokenChallenge("registrar.example", paper, "box.example")
    parts = challenge_parts(challenge.encode().hex()) | {"spki": issuer.key.spki.hex()}
    (key,) = booth(("sign", {"message": "00"}))
    point = bytes.fromhex(key["point"])
    nonce, (factor,) = booth(
        ("nonce", {"point": key["point"]}), ("randomBelow", {"bound": f"{issuer.key.modulus:x}", "count": 1})
    )
    assert nonce == voter_nonce(point).hex()
    secret = {"nonce": nonce, "salt": secrets.token_hex(48), "factor": factor}
    (asked,) = booth(("ask", parts | secret))
    response = issuer.answer(TokenRequest.parse(bytes.fromhex(asked["request"])))
    (token,) = booth(("finish", {"spki": parts["spki"], "asked": asked, "response": response.encode().hex()}))
    verify_credential(Token.parse(bytes.fromhex(token)), voter_key=point, key=issuer.key, challenge=challenge)


def test_second_phone_with_the_same_words_asks_the_same(booth: Booth, issuer: Issuer) -> None:
    seed, paper = secrets.token_bytes(16), secrets.token_bytes(32)
    challenge = TokenChallenge("registrar.example", paper, "box.example")
    parts = challenge_parts(challenge.encode().hex()) | {"spki": issuer.key.spki.hex()}
    (voter,) = booth(("voter", {"seed": seed.hex(), "paper": paper.hex(), "spki": parts["spki"]}))
    (point,) = booth(("point", {"scalar": voter["scalar"]}))
    (nonce,) = booth(("nonce", {"point": point}))
    (asked,) = booth(("ask", parts | {"nonce": nonce, "salt": voter["salt"], "factor": voter["factor"]}))

    scalar = voter_scalar(seed, paper=paper)
    again = ask_token(
        issuer.key,
        challenge,
        voter_nonce(point_of(private_key(scalar).public_key())),
        salt=token_salt(seed, paper=paper, key=issuer.key),
        factor=token_factor(seed, paper=paper, key=issuer.key),
    )
    assert asked["request"] == again.request.encode().hex()


@pytest.mark.parametrize("answer", [b"", b'{"grade":"good"}', b"\x80\0", bytes(40)])
def test_kernel_opens_what_the_booth_sealed(booth: Booth, answer: bytes) -> None:
    closing = RecipientKey.draw(secrets.token_bytes)
    point = point_of(private_key(secrets.randbelow(ORDER - 1) + 1).public_key())
    opening = Opening(secrets.token_bytes(32), answer)
    parts = {"closingKey": closing.public.hex(), "point": point.hex(), "random": opening.random.hex()}
    sealed, padded = booth(
        ("seal", parts | {"answer": answer.hex(), "longest": 40}),
        ("pad", {"answer": answer.hex(), "longest": 40}),
    )
    c = bytes.fromhex(sealed["c"])
    assert c == commitment(point, opening)
    assert unseal_opening(closing, bytes.fromhex(sealed["o"]), c=c, longest=40) == opening
    assert padded == pad(answer, 40).hex()


def test_kernel_opens_what_the_booth_sealed_with_a_fresh_sender(booth: Booth) -> None:
    closing = RecipientKey.draw(secrets.token_bytes)
    parts = {"recipient": closing.public.hex(), "plaintext": "616263", "aad": "", "info": ""}
    once, again = booth(("hpke", parts), ("hpke", parts))
    assert once != again
    for sealed in (once, again):
        assert unseal(closing, bytes.fromhex(sealed), aad=b"", info=b"") == b"abc"


def test_kernel_accepts_the_booths_signatures_always_with_the_lower_s(booth: Booth) -> None:
    # of 40 signatures a forgotten turn of s would show in all but one of 2^40 runs
    scalars = [f"{secrets.randbelow(ORDER - 1) + 1:x}" for _ in range(20)]
    signed = booth(
        *(("sign", {"scalar": scalar, "message": "62616c6c6f74"}) for scalar in scalars),
        *(("sign", {"message": "62616c6c6f74"}) for _ in range(20)),
    )
    for result in signed:
        verify_es256(bytes.fromhex(result["point"]), b"ballot", bytes.fromhex(result["signature"]))


def test_booth_draws_numbers_below_their_bound(booth: Booth) -> None:
    (drawn,) = booth(("randomBelow", {"bound": "c9", "count": 2000}))
    assert {int(text, 16) for text in drawn} == set(range(1, 0xC9))


# refusals


def test_booth_refuses_what_the_kernel_refuses(booth: Booth, issuer: Issuer) -> None:
    spki = issuer.key.spki
    changed = spki[:40] + bytes([spki[40] ^ 1]) + spki[41:]
    keys: list[Request] = [
        ("tokenKey", {"spki": data.hex()}) for data in (b"", spki[:-1], spki + b"\0", changed)
    ]
    others: list[Request] = [
        ("point", {"scalar": "0"}),
        ("point", {"scalar": f"{ORDER:x}"}),
        ("hpke", {"recipient": "04" + "00" * 64, "plaintext": "", "aad": "", "info": ""}),
        ("pad", {"answer": "616263", "longest": 2}),
        ("slip", {"code": "SHORT", "paper": "00" * 32}),
        ("deriveBytes", {"seed": "00" * 16, "length": 8, "paper": "00", "label": "a", "context": ""}),
        ("deriveBytes", {"seed": "00" * 16, "length": 8, "paper": "00" * 32, "label": "A\n", "context": ""}),
    ]
    expected = ["token-key"] * 4 + ["scalar", "scalar", "closing-key", "long-answer", "seed", "seed", "seed"]
    assert booth(*keys, *others) == [{"refused": code} for code in expected]
    assert booth(("tokenKey", {"spki": spki.hex()})) == [
        {"id": issuer.key.key_id.hex(), "n": f"{issuer.key.modulus:x}"}
    ]


def test_booth_refuses_an_answer_that_does_not_fit(booth: Booth) -> None:
    case = TOKENS[0]
    secret = {"spki": case["pkS"], "nonce": case["nonce"], "salt": case["salt"], "factor": case["blind"]}
    (asked,) = booth(("ask", challenge_parts(case["token_challenge"]) | secret))
    right = case["token_response"]
    wrong = [right[:-2], right + "00", "", f"{int(right[:2], 16) ^ 1:02x}" + right[2:], "00" * 256]
    finished: list[Request] = [
        ("finish", {"spki": case["pkS"], "asked": asked, "response": response}) for response in wrong
    ]
    assert booth(*finished) == [{"refused": "blind-signature"}] * len(wrong)
    (refused,) = booth(("ask", challenge_parts(case["token_challenge"]) | secret | {"salt": "00"}))
    assert refused == {"refused": "token-request"}


def test_booth_crypto_is_light_enough(tmp_path: Path) -> None:
    entry = tmp_path / "all.js"
    names = ("es256", "recovery", "sampling", "sealing", "token")
    entry.write_text(
        "".join(f'export * from "{(BOOTH / f"{name}.js").as_posix()}";\n' for name in names), encoding="utf-8"
    )
    weight = len(gzip.compress(bundle(entry, "--format=esm").encode()))
    assert weight <= MAX_CRYPTO_BYTES
