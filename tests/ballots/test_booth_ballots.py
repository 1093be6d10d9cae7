"""What the booth reads, writes and believes, in Node: held to the kernel and to the box, byte for byte."""

import base64
import gzip
import hashlib
import json
import random
import re
import secrets
from itertools import product
from typing import Any

import pytest
from folkmoot_kernel.encoding import b64u, decode, encode, unb64u
from folkmoot_kernel.errors import KernelError, NotCanonical
from folkmoot_kernel.es256 import point_of, private_key
from folkmoot_kernel.hpke import RecipientKey
from folkmoot_kernel.leaves import Ballot, slip_hash
from folkmoot_kernel.merkle import hashes_in, inclusion_path, leaf_hash, root_of, verify_inclusion
from folkmoot_kernel.notes import ED25519, Checkpoint, SigningKey, sign_note
from folkmoot_kernel.papers import Calendar, Paper, Part, SlipChannel, Stratum, TokenChannel
from folkmoot_kernel.promises import kept_promise, sign_promises
from folkmoot_kernel.recovery import slip_scalar, voter_scalar
from folkmoot_kernel.scales import APPROVAL, PLURALITY, RATING, SCHULZE, STV, YES_NO, Scale
from folkmoot_kernel.sealing import Opening, commitment, unseal_opening
from folkmoot_kernel.tiles import TlogProof
from folkmoot_kernel.tokens import Issuer, TokenChallenge, TokenRequest, verify_credential
from folkmoot_kernel.tokens.structures import Token

from folkmoot.ballots.box.reading import read_cast
from folkmoot.base.ids import new_claim_code
from folkmoot.ui import build
from tests.ballots.booth import in_node as booth
from tests.ballots.box.voters import rsa_key

MAX_SCRIPT_BYTES = 40_000  # compressed, all of it
ORIGIN = "box.example/season-2026"
LOG = SigningKey(ORIGIN, ED25519, bytes(range(32)))
OTHER = SigningKey(ORIGIN, ED25519, bytes(32))
CLOSING = RecipientKey.draw(secrets.token_bytes)
WORDS = {"en": "Residents", "zh-Hans": "群众"}
OPTIONS = tuple({"en": word, "zh-Hans": "项"} for word in ("One", "Two", "Three"))


def paper_of(scale: Scale, *, registrars: int = 1) -> tuple[Paper, list[Issuer]]:
    """A paper with both channels, and who signs its tokens."""
    issuers = [Issuer(rsa_key(f"booth-{number}"), chance=secrets.token_bytes) for number in range(registrars)]
    stratum = Stratum(
        "residents", WORDS, (Part("residents", WORDS),),
        TokenChannel(tuple(issuer.key.spki for issuer in issuers), CLOSING.public),
        SlipChannel(1, bytes(32), CLOSING.public),
    )  # fmt: skip
    names = tuple(f"registrar-{number}.example" for number in range(registrars))
    paper = Paper(
        poll="season-2026", question={"en": "How did 𝒳 do? \"'\\\n", "zh-Hans": "做得怎么样？"}, scale=scale,
        calendar=Calendar(1, 2, 3), k=10, box="box.example", registrars=names, strata=(stratum,), eligibility=WORDS,
        registrar_keys=tuple(bytes(32) for _ in names[1:]),
    )  # fmt: skip
    return paper, issuers


# canonical form and tree


def any_value(chance: random.Random, depth: int = 0) -> Any:
    kind = chance.randrange(4 if depth < 3 else 2)
    if kind == 0:
        return chance.randrange(-(2**53) + 1, 2**53)
    if kind == 1:
        return "".join(
            chance.choice('ab"\\/\n\t\x00\x1f\x7f\u2028é群𝒳\uffff') for _ in range(chance.randrange(6))
        )
    if kind == 2:
        return [any_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    keys = ["a", "b", "", "é", "群", "𝒳", "\uffff", "10", "9", "__proto"]
    return {key: any_value(chance, depth + 1) for key in chance.sample(keys, chance.randrange(5))}


def test_canonical_form_is_that_of_the_kernel() -> None:
    chance = random.Random(7)
    values = [any_value(chance) for _ in range(300)]
    assert booth(*(("canonical", {"value": value}) for value in values)) == [
        encode(value).decode() for value in values
    ]


VECTORS = json.loads((build.ROOT / "kernel/tests/vectors/rfc8785.json").read_text(encoding="utf-8"))["cases"]
NOT_CANONICAL = str(NotCanonical(reason="the same record has another, canonical spelling"))
OTHER_SPELLINGS = [
    b'{"b":1,"a":2}', b"[1, 2]", b"1.0", b'"\\u0061"', b"{", b"", b"null", b"true", b"[false]", b"-0", b"1e3", b"1.5", b"01",
    b"9007199254740992", b"1" * 400, b"NaN", b'"\\ud800"', b'{"\\ud800":1}', b'"\xff"', b"\xef\xbb\xbf1", b'{"a":1,"a":1}',
    b"[" * 65 + b"]" * 65, b"[" * 100_000, b'"' + b"a" * 65_534 + b'"', b'"\x7f\xc0\x80"', b'"\\/"', b'"\n"', b" 1", b"1\n",
]  # fmt: skip


def test_reader_takes_the_vectors_of_the_kernel() -> None:
    read = booth(*(("readCanonical", {"bytes": case["hex"]}) for case in VECTORS))
    assert read == [case["input"] for case in VECTORS]


def test_reader_refuses_what_the_kernel_refuses() -> None:
    for spelling in OTHER_SPELLINGS:
        with pytest.raises(KernelError):
            decode(spelling)
    found = booth(*(("readCanonical", {"bytes": spelling.hex()}) for spelling in OTHER_SPELLINGS))
    assert [list(answer) for answer in found] == [["refused"]] * len(OTHER_SPELLINGS)
    longest = (b"[" * 64 + b"]" * 64, b'"' + b"a" * 65_533 + b'"')
    assert [booth(("readCanonical", {"bytes": each.hex()})) for each in longest] == [
        [decode(each)] for each in longest
    ]


def test_roots_are_those_of_the_kernel() -> None:
    leaves = [bytes([number]) * number for number in range(20)]
    found = booth(*(("root", {"leaves": [leaf.hex() for leaf in leaves[:size]]}) for size in range(20)))
    assert found == [root_of(map(leaf_hash, leaves[:size])).hex() for size in range(20)]


def test_inclusion_is_believed_exactly_where_the_kernel_believes_it() -> None:
    asked, expected = [], []
    for size in range(1, 12):
        hashes = [leaf_hash(bytes([number])) for number in range(size)]
        root = root_of(hashes)
        for index, claimed in product(range(size), range(size + 1)):
            path = list(inclusion_path(index, size, hashes_in(hashes)))
            for some in (path, path[:-1], [*path, root]):
                parts = {"leaf": hashes[index], "index": claimed, "size": size, "path": some, "root": root}
                asked.append(("included", to_hex(parts)))
                expected.append(is_believed(parts))
    assert booth(*asked) == expected
    assert expected.count(True) == sum(range(1, 12)) + 1  # of a tree of one leaf there is nothing to cut off


def to_hex(parts: dict[str, Any]) -> dict[str, Any]:
    def written(value: Any) -> Any:
        if isinstance(value, list):
            return [each.hex() for each in value]
        return value.hex() if isinstance(value, bytes) else value

    return {name: written(value) for name, value in parts.items()}


def is_believed(parts: dict[str, Any]) -> bool:
    try:
        verify_inclusion(**parts)
    except KernelError:
        return False
    return True


# notes, promises, proofs


def signed(body: str, *keys: SigningKey) -> str:
    return sign_note(body, *keys).encode().decode()


def test_note_is_believed_only_with_the_keys_own_signature() -> None:
    body = Checkpoint(ORIGIN, 7, bytes(32)).body
    note, vkey = signed(body, LOG), LOG.verifier.vkey
    elsewhere = SigningKey("box.example/other", ED25519, bytes(range(32)))
    unsigned = note.replace("\n7\n", "\n8\n")
    results = booth(
        ("openNote", {"note": note, "vkey": vkey}),
        ("openNote", {"note": signed(body, LOG, OTHER), "vkey": vkey}),
        ("openNote", {"note": unsigned, "vkey": vkey}),
        ("openNote", {"note": note, "vkey": OTHER.verifier.vkey}),
        ("openNote", {"note": signed(body, elsewhere), "vkey": elsewhere.verifier.vkey}),
        ("openNote", {"note": note.rstrip("\n"), "vkey": vkey}),
        ("openNote", {"note": body, "vkey": vkey}),
        ("openNote", {"note": note, "vkey": vkey[:-4] + "AAA="}),
        ("openNote", {"note": note, "vkey": "season-2026"}),
    )
    good = {"lines": body.split("\n")[:-1], "isVerified": True}
    codes = ["signature", "signature", "origin", "note", "note", "log-key", "log-key"]
    assert results == [good, good, *({"refused": code} for code in codes)]


def promised(count: int = 5, deadline: int = 1_795_176_400) -> tuple[list[bytes], list[str]]:
    leaves = [leaf_hash(bytes([number])) for number in range(count)]
    note, ordered = sign_promises(leaves, key=LOG, deadline=deadline)
    return list(ordered), [kept_promise(note, ordered, index).encode().decode() for index in range(count)]


def test_promise_holds_for_its_own_ballot_only() -> None:
    leaves, promises = promised()
    vkey = LOG.verifier.vkey
    held = booth(
        *(
            ("checkPromise", {"text": text, "leaf": leaf.hex(), "vkey": vkey})
            for leaf, text in zip(leaves, promises, strict=True)
        )
    )
    assert held == [{"deadline": 1_795_176_400, "isVerified": True}] * 5
    first = {"text": promises[0], "leaf": leaves[0].hex(), "vkey": vkey}
    checkpoint = signed(Checkpoint(ORIGIN, 5, bytes(32)).body, LOG)
    other = json.loads(promises[0]) | {"note": checkpoint}
    assert booth(
        ("checkPromise", first | {"leaf": leaves[1].hex()}),
        ("checkPromise", first | {"text": promises[0].replace('"index":0', '"index":1')}),
        ("checkPromise", first | {"text": promises[0].replace("1795176400", "1795176401")}),
        ("checkPromise", first | {"text": encode(other).decode()}),
        ("checkPromise", first | {"text": promises[0] + " "}),
        ("checkPromise", first | {"vkey": OTHER.verifier.vkey}),
    ) == [
        {"refused": code}
        for code in ("other-leaf", "path", "signature", "promise", NOT_CANONICAL, "signature")
    ]


def test_proof_is_believed_and_kept_so_that_others_can_read_it() -> None:
    hashes = [leaf_hash(bytes([number])) for number in range(9)]
    checkpoint = signed(Checkpoint(ORIGIN, 9, root_of(hashes)).body, LOG).encode()
    proof = TlogProof(4, tuple(inclusion_path(4, 9, hashes_in(hashes))), checkpoint).encode().decode()
    parts = {"text": proof, "leaf": hashes[4].hex(), "vkey": LOG.verifier.vkey}
    good, wrong_leaf, wrong_place, no_proof, kept, twice = booth(
        ("checkProof", parts),
        ("checkProof", parts | {"leaf": hashes[5].hex()}),
        ("checkProof", parts | {"text": proof.replace("index 4", "index 3")}),
        ("checkProof", parts | {"text": checkpoint.decode()}),
        ("keepProof", parts),
        (
            "keepProof",
            parts | {"text": proof.replace("index", f"extra {base64.b64encode(b'x').decode()}\nindex", 1)},
        ),
    )
    assert good == {"size": 9, "isVerified": True}
    assert [wrong_leaf, wrong_place, no_proof] == [
        {"refused": "path"},
        {"refused": "path"},
        {"refused": "proof"},
    ]
    assert kept == twice
    assert TlogProof.parse(kept.encode()).extra == hashes[4]
    read = {"kind": "proof", "leaf": hashes[4].hex(), "origin": ORIGIN}
    crlf = "\n " + kept.replace("\n", "\r\n")
    assert booth(("checkProof", parts | {"text": kept}), ("receipt", {"pasted": kept}), ("receipt", {"pasted": crlf})) == [
        good, read, read,
    ]  # fmt: skip


def test_receipt_is_read_in_each_of_its_forms() -> None:
    leaves, promises = promised()
    number = b64u(leaves[2])
    assert booth(
        ("receipt", {"pasted": f" {promises[2]}\n"}),
        ("receipt", {"pasted": f"{number[:20]} {number[20:]}\n"}),
        ("receipt", {"pasted": "hello"}),
        ("receipt", {"pasted": ""}),
    ) == [
        {"kind": "promise", "leaf": leaves[2].hex(), "origin": ORIGIN},
        {"kind": "number", "leaf": leaves[2].hex(), "origin": ""},
        {"refused": "receipt"},
        {"refused": "receipt"},
    ]


# papers, answers, ballots


ANSWERS = [[], [0], [2], [3], [-1], [0, 1], [1, 0], [2, 0, 1], [0, 0]]


@pytest.mark.parametrize("kind", [RATING, PLURALITY, APPROVAL, YES_NO, SCHULZE, STV])
def test_answers_are_written_as_the_kernel_writes_them(kind: str) -> None:
    scale = Scale(kind, OPTIONS)

    def written(choices: list[int]) -> Any:
        try:
            return scale.answer(choices).hex()
        except KernelError:
            return {"refused": "answer"}

    value = json.loads(encode(scale.value))
    found = booth(*(("answer", {"scale": value, "choices": choices}) for choices in ANSWERS))
    assert found == [written(choices) for choices in ANSWERS]


@pytest.mark.parametrize("kind", [RATING, APPROVAL])
@pytest.mark.parametrize("count", [2, 11])
def test_paper_is_read_as_the_kernel_reads_it(kind: str, count: int) -> None:
    paper, _issuers = paper_of(Scale(kind, OPTIONS[:1] * count))
    assert booth(("paper", {"leaf": paper.encode().hex()})) == [
        {
            "id": b64u(paper.id),
            "context": paper.slip_context.hex(),
            "longest": paper.scale.longest_answer_bytes,
        }
    ]
    assert booth(("paper", {"leaf": (paper.encode() + b" ").hex()})) == [{"refused": NOT_CANONICAL}]


def test_box_and_kernel_accept_a_ballot_of_two_registrars() -> None:
    paper, issuers = paper_of(Scale(STV, OPTIONS, places=2), registrars=2)
    seed = secrets.token_bytes(16)
    parts: dict[str, Any] = {"leaf": paper.encode().hex(), "stratum": "residents", "seed": seed.hex()}
    (asked,) = booth(("ask_paper", parts))
    point = bytes.fromhex(asked["point"])
    assert point == point_of(private_key(voter_scalar(seed, paper=paper.id)).public_key())
    requests = [TokenRequest.parse(bytes.fromhex(request)) for request in asked["requests"]]
    answers = [issuer.answer(request) for issuer, request in zip(issuers, requests, strict=True)]
    signed = [answer.encode().hex() for answer in answers]
    (made, again, swapped) = booth(
        ("vote", parts | {"responses": signed, "choices": [2, 0], "seq": 3}),
        ("ask_paper", parts),
        ("vote", parts | {"responses": signed[::-1], "choices": [2, 0], "seq": 3}),
    )
    assert again == asked
    assert swapped == {"refused": "blind-signature"}

    cast = read_cast(made["body"].encode())
    ballot = Ballot.decode(cast.leaf)
    ballot.verify()
    assert (ballot.paper, ballot.stratum, ballot.pk, ballot.seq) == (paper.id, "residents", point, 3)
    assert unb64u(made["leaf"]) == cast.hash
    for token, issuer, name in zip(ballot.creds, issuers, paper.registrars, strict=True):
        challenge = TokenChallenge(name, paper.id, paper.box)
        verify_credential(Token.parse(token), voter_key=point, key=issuer.key, challenge=challenge)
    opening = Opening(unb64u(made["opening"]["r"]), unb64u(made["opening"]["a"]))
    assert opening.answer == b"[2,0]"
    assert ballot.c == commitment(point, opening) == unb64u(made["opening"]["c"])
    longest = paper.scale.longest_answer_bytes
    assert unseal_opening(CLOSING, cast.o, c=ballot.c, longest=longest) == opening


def test_fresh_keys_ask_for_something_else_each_time() -> None:
    paper, _issuers = paper_of(Scale(RATING, OPTIONS))
    once, twice = booth(*[("ask_paper", {"leaf": paper.encode().hex(), "stratum": "residents"})] * 2)
    assert once["point"] != twice["point"]
    assert once["requests"] != twice["requests"]


def test_slip_votes_with_the_key_that_was_printed() -> None:
    paper, _issuers = paper_of(Scale(RATING, OPTIONS))
    code = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    parts = {"leaf": paper.encode().hex(), "stratum": "residents", "code": code, "choices": [1]}
    (made,) = booth(("vote_slip", parts))
    point = point_of(private_key(slip_scalar(code, paper=paper.slip_context)).public_key())
    ballot = Ballot.decode(read_cast(made["body"].encode()).leaf)
    ballot.verify()
    assert (ballot.pk, ballot.creds, ballot.seq) == (point, (), 1)
    assert made["hash"] == slip_hash(point).hex()


# where a voter stands


def sitting(
    *, casts: int = 100, closes: int = 200, second: tuple[str, ...] = (), **changed: Any
) -> dict[str, Any]:
    """One paper, taken; two-phase unless casting opens at 50. The first registrar's claim is there."""
    calendar = {"opens": 50, "casts": casts, "closes": closes, "objection_seconds": 10}
    paper = {"calendar": calendar, "registrars": ["a.example", *second]}
    each = {"paper": paper, "holding": {}, "taken": "", "pending": None, "ballots": []}
    return {"papers": [each | changed], "claims": [{"address": "https://a.example"}]}


def test_voter_goes_on_from_where_he_stands() -> None:
    ballot = {"leaf": "", "proof": None}
    both = [{"address": "https://b.example"}, {"address": "https://a.example"}]
    stages = [
        (sitting(holding=None), "papers"),
        (sitting(holding=None, second=("b.example",)), "second"),
        (sitting(holding=None, second=("b.example",)) | {"claims": both}, "papers"),
        (sitting(holding=None, taken="slip"), "papers"),
        (sitting(), "waiting"),
        (sitting(casts=99), "question"),
        (sitting(casts=50), "question"),
        (sitting(casts=0, closes=0), "waiting"),
        (sitting(casts=0, closes=0) | {"isCalled": True}, "question"),
        (sitting(casts=50, pending={}, ballots=[ballot]), "casting"),
        (sitting(casts=50, ballots=[ballot]), "kept"),
    ]
    found = booth(*(("stage", {"sitting": one, "now": 99}) for one, _stage in stages))
    assert found == [stage for _sitting, stage in stages]


def test_phone_forgets_how_one_voted_once_nobody_can_object() -> None:
    end = 200 + 10 + 7 * 86_400
    counted = {"opening": "secret", "countedAt": 150}
    ballots = [
        (counted, end),
        (counted, end + 1),
        ({"opening": "secret"}, end + 1),
        (counted | {"countedAt": 300}, end + 1),
    ]
    found = booth(
        *(("dropOpenings", {"sitting": sitting(ballots=[one]), "now": now}) for one, now in ballots)
    )
    assert found == [[["secret"]], [[None]], [["secret"]], [["secret"]]]


# what people type, and addresses


def test_slip_code_is_read_however_it_is_typed() -> None:
    code = "OIBDEFGHIJKLMNOPQRSTUVWX27"
    typed = [
        code, code.lower(), " ".join(re.findall(".{1,4}", code)), code.replace("O", "0").replace("I", "1").replace("B", "8"),
        "-".join(re.findall(".{1,5}", code)) + "\n", f"https://box.example/booth/#poll=a&slip={code}",
        "".join(chr(ord(letter) + 0xFEE0) for letter in code),
    ]  # fmt: skip
    assert booth(*(("slipCode", {"typed": text}) for text in typed)) == [code] * len(typed)
    wrong = [code[:-1], code + "A", code[:-1] + "9", "", code[:-1] + "群"]
    assert booth(*(("slipCode", {"typed": text}) for text in wrong)) == [None] * len(wrong)


def test_claim_code_is_read_however_it_is_typed() -> None:
    code = new_claim_code()
    typed = [code, code.lower(), code.replace("-", " "), f"https://box.example/booth/#at=x&claim={code}"]
    assert booth(*(("claimCode", {"typed": text}) for text in typed)) == [code] * len(typed)
    assert booth(("claimCode", {"typed": code[:-1]}), ("claimCode", {"typed": "A" * 26})) == [None, None]


def test_recovery_words_come_back_and_notice_a_slip_of_the_pen() -> None:
    seeds = [bytes(16), b"\xff" * 16, *(secrets.token_bytes(16) for _ in range(20))]
    written = booth(*(("writeWords", {"seed": seed.hex()}) for seed in seeds))
    assert {tuple(map(len, groups.split())) for groups in written} == {(4,) * 7}
    read = booth(*(("readWords", {"typed": groups.lower().replace("o", "0")}) for groups in written))
    assert read == [seed.hex() for seed in seeds]
    groups = written[-1]
    changed = [
        groups[:place] + ("A" if letter != "A" else "B") + groups[place + 1 :]
        for place, letter in enumerate(groups) if letter != " "
    ]  # fmt: skip
    found = booth(*(("readWords", {"typed": text}) for text in changed))
    # 12 bits of check: of 28 changed letters at most one or two go unnoticed in a thousand runs
    assert found.count({"refused": "words-check"}) >= 26
    assert (
        booth(("readWords", {"typed": groups[:-1]}), ("readWords", {"typed": ""}))
        == [{"refused": "words-length"}] * 2
    )


def test_address_says_who_gives_papers_and_where_the_box_is() -> None:
    found = booth(
        ("address", {"hash": "#poll=season-2026&at=http://127.0.0.1:8000&claim=A-B"}),
        ("address", {"hash": "#tablet&poll=UPPER&box=box.example", "protocol": "file:", "origin": "null"}),
        ("address", {"hash": "#claim=A&registrar=http://place.example"}),
    )
    assert found[0] == {
        "claims": [{"claim": "A-B", "address": "http://127.0.0.1:8000"}], "registrar": "http://127.0.0.1:8000",
        "poll": "season-2026", "box": "https://box.example", "slip": "", "key": "", "lang": "", "isTablet": False,
        "isChecking": False,
    }  # fmt: skip
    assert (found[1]["poll"], found[1]["box"], found[1]["isTablet"]) == ("", "https://box.example", True)
    assert found[2]["claims"] == []  # over a line that anybody can read, nothing is asked


def test_language_is_what_the_browser_prefers() -> None:
    asked = [("", ["zh-TW", "en"]), ("", ["fr", "en-GB", "zh"]), ("zh-Hans", ["en"]), ("", ["fr"]), ("", [])]
    found = booth(*(("language", {"asked": one, "preferred": many}) for one, many in asked))
    assert found == ["zh-Hans", "en", "zh-Hans", "en", "en"]


def test_booth_says_the_same_in_both_languages() -> None:
    assert booth(("gaps", {})) == [[]]


# the page as it is built


@pytest.fixture(scope="module")
def page() -> str:
    build.build_assets()
    return (build.BOOTH / "built" / "index.html").read_text(encoding="utf-8")


def test_script_of_the_booth_is_light_enough(page: str) -> None:
    (script,) = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
    assert len(gzip.compress(script.encode())) <= MAX_SCRIPT_BYTES


def test_policy_of_the_booth_lets_in_its_own_style_and_script_only(page: str) -> None:
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    for name, tag in (("script-src", "script"), ("style-src", "style")):
        (text,) = re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[name] == f"'sha256-{digest}'"
    assert (rules["default-src"], rules["base-uri"], rules["form-action"]) == ("'none'",) * 3
    served = (build.BOOTH / "built" / "policy.txt").read_text(encoding="ascii").strip()
    assert served == f"{policy}; frame-ancestors 'none'"
    outside = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    assert re.findall(r'\son\w+=|\sstyle=|\ssrc=|href="(?!data:)|url\(', outside) == []
