import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from folkmoot_kernel.encoding import b64u, encode
from folkmoot_kernel.errors import (
    BallotSignatureRefused,
    IssuedSignatureRefused,
    KernelError,
    MalformedAnswer,
    MalformedLeaf,
    MalformedPaper,
    MalformedPoint,
    MalformedPromise,
    NoKnownSignature,
    NotCanonical,
    SignatureRefused,
    UnknownLeaf,
)
from folkmoot_kernel.es256 import ORDER, point_of, private_key
from folkmoot_kernel.leaves import (
    Ballot,
    Broken,
    Close,
    CloseCell,
    ClosePart,
    Issued,
    IssuedBy,
    IssuedPart,
    Opening,
    Result,
    ResultCell,
    Sheet,
    Spoiled,
    Tally,
    Void,
    decode_signed,
    issued_hash,
    list_root,
    parse_leaf,
    slip_hash,
)
from folkmoot_kernel.merkle import leaf_hash
from folkmoot_kernel.notes import ED25519, SigningKey
from folkmoot_kernel.papers import (
    Calendar,
    Composition,
    Paper,
    Part,
    SlipChannel,
    Stratum,
    TokenChannel,
)
from folkmoot_kernel.promises import KeptPromise, Promise, kept_promise, sign_promises, verify_promise
from folkmoot_kernel.scales import APPROVAL, PLURALITY, RATING, SCHULZE, YES_NO, Scale
from folkmoot_kernel.sealing import Opening as Sealed
from folkmoot_kernel.sealing import commitment
from hypothesis import given
from hypothesis import strategies as st

PROTOCOL = Path(__file__).parents[2] / "docs" / "reference" / "protocol.md"


def octets(label, length=32):
    """Bytes that anybody can make again: SHA-256 of a label, as often as needed."""
    return b"".join(sha256(f"{label} {n}".encode()).digest() for n in range(-(-length // 32)))[:length]


def voter_key(label):
    return private_key(int.from_bytes(octets(label)[1:], "big"))


def point(key):
    return point_of(key.public_key())


GRADES = tuple(
    {"en": en, "zh-Hans": zh}
    for en, zh in (("Good", "好"), ("Fairly good", "较好"), ("Average", "一般"), ("Poor", "差"))
)
VOTER, SLIP_VOTER, CLOSING = voter_key("voter"), voter_key("slip voter"), voter_key("closing key")
SLIPS = [slip_hash(point(SLIP_VOTER)), *(octets(f"slip {n}") for n in range(3))]
PAPER = Paper(
    poll="season-2026",
    question={"en": "How did the secretary of Willow Village do?", "zh-Hans": "柳树村书记做得怎么样？"},
    scale=Scale(RATING, GRADES),
    calendar=Calendar(opens=1_795_000_000, casts=1_795_086_400, closes=1_795_172_800),
    k=10,
    box="box.example",
    registrars=("registrar.example",),
    strata=(
        Stratum(
            "residents",
            {"en": "Residents", "zh-Hans": "群众"},
            (Part("residents", {"en": "Residents", "zh-Hans": "群众"}),),
            TokenChannel((octets("RSA key", 342),), point(CLOSING)),
            SlipChannel(4, list_root(SLIPS), point(CLOSING)),
            hand=True,
        ),
    ),
    eligibility={"en": "Adults of Willow Village", "zh-Hans": "柳树村成年村民"},
    teller="teller.example",
    composition=(Composition(("residents",), 4, 5),),
)
R, SEALED = octets("r"), octets("sealed", 117)
C = commitment(point(VOTER), Sealed(R, b"[1]"))
BALLOT = Ballot(
    PAPER.id, "residents", point(VOTER), (octets("token", 354),), 1, C, sha256(SEALED).digest()
).signed(VOTER)
SLIP_BALLOT = replace(BALLOT, pk=point(SLIP_VOTER), creds=()).signed(SLIP_VOTER)
SECOND_KEY = Ed25519PrivateKey.from_private_bytes(octets("second registrar"))
PAPER_OF_TWO = replace(
    PAPER,
    registrars=("registrar.example", "committee.example"),
    strata=(
        replace(
            PAPER.strata[0],
            token=TokenChannel((octets("RSA key", 342), octets("second RSA key", 342)), point(CLOSING)),
            slip=None,
        ),
    ),
    registrar_keys=(SECOND_KEY.public_key().public_bytes_raw(),),
)
ISSUED_BY = IssuedBy(
    PAPER_OF_TWO.id, "committee.example",
    (IssuedPart("residents", 401, 120, list_root([issued_hash(salt=octets("salt"), person="p-1")])),),
).signed(SECOND_KEY)  # fmt: skip
EXAMPLES = {
    "paper": PAPER,
    "issued": Issued(PAPER.id, (IssuedPart("residents", 400, 120, list_root(
        [issued_hash(salt=octets("salt"), person="p-1")])),)),
    "issued by the second": ISSUED_BY,
    "ballot": BALLOT,
    "slip ballot": SLIP_BALLOT,
    "void": Void(PAPER.id, "residents", tuple(sorted(SLIPS[1:3]))),
    "close": Close(
        PAPER.id,
        (CloseCell("residents", "token", 120, 100, key=octets("closing private")), CloseCell("residents", "slip", 2, 1, 2)),
        (ClosePart("residents", 2, 13),),
        (Sheet(("residents",), 12, 1, (7, 0, 0, 5), ("Bei", "Chen"), octets("photograph")),),
    ),
    "opening": Opening(C, R, b"[1]"),
    "spoiled": Spoiled(C, SEALED),
    "result": Result(
        PAPER.id,
        (
            ResultCell(("residents",), "token", 100, 1, Tally(99, (60, 20, 10, 9))),
            ResultCell(("residents",), "slip", 1, 0, None),
            ResultCell(("residents",), "hand", 13, 1, Tally(12, (7, 0, 0, 5))),
        ),
        Tally(111, (67, 20, 10, 14)),
        (True,),
    ),
    "broken": Broken("season-2026", "The box was restored from a backup."),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_leaf_is_read_as_it_was_written(name):
    leaf = EXAMPLES[name]
    assert parse_leaf(leaf.encode()) == leaf


@pytest.mark.parametrize("name", EXAMPLES)
def test_leaf_is_in_the_document_byte_for_byte(name):
    assert EXAMPLES[name].encode().decode() in PROTOCOL.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", EXAMPLES)
def test_leaf_is_canonical(name):
    data = EXAMPLES[name].encode()
    assert encode(json.loads(data)) == data


@pytest.mark.parametrize("name", EXAMPLES)
def test_leaf_with_a_space_is_refused(name):
    with pytest.raises(NotCanonical):
        parse_leaf(EXAMPLES[name].encode().replace(b'","', b'", "', 1))


@pytest.mark.parametrize("name", EXAMPLES)
def test_leaf_with_a_member_more_is_refused(name):
    value = json.loads(EXAMPLES[name].encode()) | {"more": 1}
    with pytest.raises(MalformedLeaf):
        parse_leaf(encode(value))


@pytest.mark.parametrize("name", EXAMPLES)
def test_leaf_without_one_of_its_members_is_refused(name):
    whole = json.loads(EXAMPLES[name].encode())
    for missing in whole:
        with pytest.raises(MalformedLeaf):
            parse_leaf(encode({key: value for key, value in whole.items() if key != missing}))


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("other", [0, -1, "", [], {}, [[]], "=", {"en": 1}])
def test_leaf_with_a_member_of_another_kind_reads_or_refuses_in_words(name, other):
    whole = json.loads(EXAMPLES[name].encode())
    for member in whole:
        data = encode(whole | {member: other})
        try:
            leaf = parse_leaf(data)
        except KernelError:
            continue
        assert leaf.encode() == data


@given(st.binary(max_size=60) | st.text(max_size=30).map(lambda text: encode({"type": text})))
def test_leaf_of_anything_refuses_in_words(data):
    with pytest.raises(KernelError):
        parse_leaf(data)


def test_leaf_of_an_unknown_kind_is_refused():
    with pytest.raises(UnknownLeaf):
        parse_leaf(b'{"type":"folkmoot/paper/v2"}')


def test_paper_is_named_by_its_leaf_hash():
    assert PAPER.id == leaf_hash(PAPER.encode())


@pytest.mark.parametrize("ballot", [BALLOT, SLIP_BALLOT])
def test_ballot_is_signed_over_its_leaf_without_the_signature(ballot):
    rest = json.loads(ballot.encode())
    assert len(rest.pop("sig")) == 86
    assert ballot.signed_bytes == encode(rest)
    ballot.verify()


def test_ballot_with_a_high_s_is_refused():
    s = int.from_bytes(BALLOT.sig[32:], "big")
    with pytest.raises(BallotSignatureRefused, match="lower of its two"):
        replace(BALLOT, sig=BALLOT.sig[:32] + (ORDER - s).to_bytes(32, "big")).verify()


@pytest.mark.parametrize(
    "change",
    [
        {"paper": octets("other")}, {"stratum": "members"}, {"pk": point(SLIP_VOTER)}, {"creds": ()}, {"seq": 2},
        {"c": octets("other")}, {"oh": octets("other")}, {"sig": bytes(64)}, {"pk": bytes(65)},
    ],
)  # fmt: skip
def test_ballot_changed_in_any_member_is_refused(change):
    with pytest.raises((BallotSignatureRefused, MalformedPoint)):
        replace(BALLOT, **change).verify()


def test_void_holds_ascending_hashes():
    with pytest.raises(MalformedLeaf):
        parse_leaf(Void(PAPER.id, "residents", tuple(sorted(SLIPS, reverse=True))).encode())


def test_list_root_does_not_depend_on_the_order():
    assert list_root(SLIPS) == list_root(reversed(SLIPS))
    assert list_root([]) == sha256(b"").digest()


@pytest.mark.parametrize(
    ("kind", "choices", "answer"),
    [
        (RATING, [3], b"[3]"), (PLURALITY, [0], b"[0]"), (YES_NO, [2], b"[2]"),
        (APPROVAL, [2, 0], b"[0,2]"), (APPROVAL, [], b"[]"), (SCHULZE, [2, 0], b"[2,0]"),
    ],
)  # fmt: skip
def test_answer_has_one_spelling(kind, choices, answer):
    scale = Scale(kind, GRADES[:3] if kind == YES_NO else GRADES)
    assert scale.answer(choices) == answer
    assert scale.answer(scale.choices(answer)) == answer


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        (RATING, b"[]"), (RATING, b"[4]"), (RATING, b"[-1]"), (RATING, b"[0,1]"), (RATING, b"1"), (RATING, b"[ 1]"),
        (RATING, b'["1"]'), (RATING, b""), (RATING, b"[1]\0"), (RATING, b"\xff"), (APPROVAL, b"[2,0]"),
        (APPROVAL, b"[0,0]"), (SCHULZE, b"[]"), (SCHULZE, b"[1,1]"),
    ],
)  # fmt: skip
def test_answer_of_another_spelling_is_refused(kind, answer):
    with pytest.raises(MalformedAnswer):
        Scale(kind, GRADES).choices(answer)


@pytest.mark.parametrize(("kind", "longest"), [(RATING, 3), (APPROVAL, 9), (SCHULZE, 9)])
def test_longest_answer_is_that_of_the_scale(kind, longest):
    assert Scale(kind, GRADES).longest_answer_bytes == longest
    assert Scale(RATING, GRADES * 3).longest_answer_bytes == 4


@pytest.mark.parametrize(
    ("kind", "options", "places"),
    [
        ("range", GRADES, 1), (RATING, GRADES[:1], 1), (YES_NO, GRADES, 1), (RATING, GRADES * 26, 1),
        (SCHULZE, GRADES * 2, 1), (APPROVAL, GRADES, 0), (APPROVAL, GRADES, 5),
    ],
)  # fmt: skip
def test_scale_that_cannot_be_is_refused(kind, options, places):
    with pytest.raises(MalformedPaper):
        Scale(kind, options, places)


@pytest.mark.parametrize(
    "change",
    [
        {"k": 1}, {"registrars": ()}, {"registrars": ("a.example", "b.example")}, {"strata": ()},
        {"registrar_keys": (bytes(32),)},
        {"strata": PAPER.strata * 2}, {"strata": (replace(PAPER.strata[0], parts=()),)},
        {"strata": (replace(PAPER.strata[0], token=None, slip=None, hand=False),)},
        {"composition": (Composition(("strangers",), 4, 5),)}, {"composition": (Composition(("residents",), 6, 5),)},
    ],
)  # fmt: skip
def test_paper_that_cannot_be_is_refused(change):
    with pytest.raises(MalformedPaper):
        replace(PAPER, **change)


@pytest.mark.parametrize("change", [{"registrar_keys": ()}, {"registrars": ("committee.example",) * 2}])
def test_paper_of_two_registrars_names_each_once_and_has_the_key_of_the_second(change):
    with pytest.raises(MalformedPaper):
        replace(PAPER_OF_TWO, **change)


def test_paper_of_two_registrars_is_read_as_it_was_written():
    assert parse_leaf(PAPER_OF_TWO.encode()) == PAPER_OF_TWO
    assert PAPER_OF_TWO.further_registrars == {"committee.example": PAPER_OF_TWO.registrar_keys[0]}
    document = PROTOCOL.read_text(encoding="utf-8")
    assert f'"registrar_keys":["{b64u(PAPER_OF_TWO.registrar_keys[0])}"]' in document
    with pytest.raises(MalformedLeaf):
        parse_leaf(encode(json.loads(PAPER.encode()) | {"registrar_keys": []}))


@pytest.mark.parametrize(
    "change", [{"paper": octets("other")}, {"registrar": "a.example"}, {"parts": ()}, {"sig": bytes(64)}]
)
def test_issued_by_changed_in_any_member_is_refused(change):
    key = PAPER_OF_TWO.registrar_keys[0]
    ISSUED_BY.verify(key)
    with pytest.raises(IssuedSignatureRefused):
        replace(ISSUED_BY, **change).verify(key)
    with pytest.raises(IssuedSignatureRefused):
        ISSUED_BY.verify(octets("no point"))


BOX = SigningKey("box.example/season-2026", ED25519, octets("box"))
COMMIT = [leaf_hash(ballot.encode()) for ballot in (BALLOT, SLIP_BALLOT)] + [octets("third ballot")]
NOTE, ORDERED = sign_promises(COMMIT, key=BOX, deadline=1_795_176_400)
KEPT = kept_promise(NOTE, ORDERED, ORDERED.index(COMMIT[0]))


def test_promise_holds_for_every_leaf_of_its_commit():
    for index, leaf in enumerate(ORDERED):
        kept = KeptPromise.decode(kept_promise(NOTE, ORDERED, index).encode())
        promise = verify_promise(kept, box_key=BOX.verifier)
        assert (kept.leaf, promise.size, promise.deadline) == (leaf, 3, 1_795_176_400)
    assert list(ORDERED) == sorted(COMMIT)


def test_promise_is_in_the_document_byte_for_byte():
    text = PROTOCOL.read_text(encoding="utf-8")
    assert NOTE.decode() in text
    assert KEPT.encode().decode() in text.splitlines()


def test_promise_for_another_leaf_is_refused():
    with pytest.raises(MalformedPromise):
        verify_promise(replace(KEPT, leaf=octets("never cast")), box_key=BOX.verifier)


def test_promise_of_another_box_is_refused():
    other = SigningKey("box.example/season-2027", ED25519, octets("box"))
    with pytest.raises(NoKnownSignature):
        verify_promise(KEPT, box_key=other.verifier)
    with pytest.raises(SignatureRefused):
        verify_promise(replace(KEPT, note=NOTE.replace(b"1795176400", b"1795176401")), box_key=BOX.verifier)


@pytest.mark.parametrize(
    "body",
    [
        "o\nfolkmoot promise v1\n0\n{root}\n5\n", "o\nfolkmoot promise v2\n1\n{root}\n5\n", "o\n5\n{root}\n",
        "o\nfolkmoot promise v1\n01\n{root}\n5\n", "o\nfolkmoot promise v1\n1\nAA==\n5\n",
        "\nfolkmoot promise v1\n1\n{root}\n5\n",
        "o\nfolkmoot promise v1\n1\n{root}\n5", "o\nfolkmoot promise v1\n1\n{root}\n5\n\n",
    ],
)  # fmt: skip
def test_promise_of_another_form_is_refused(body):
    with pytest.raises(MalformedPromise):
        Promise.parse(body.format(root=b64u(bytes(32)) + "="))


def test_slip_context_is_known_before_the_slips_are():
    without = replace(PAPER, strata=(replace(PAPER.strata[0], slip=None),))
    assert without.id != PAPER.id
    assert without.slip_context == PAPER.slip_context
    poll, question = PAPER.poll.encode(), encode(PAPER.question)
    parts = b"".join(len(part).to_bytes(8, "big") + part for part in (poll, question))
    assert PAPER.slip_context == sha256(b"folkmoot/slip/v1\n" + parts).digest()
    assert replace(PAPER, question={"en": "Another question?"}).slip_context != PAPER.slip_context


def changed_end(entry, member):
    """The same leaf with an unused bit of one base64url text set."""
    start = entry.index(b'"%s":"' % member.encode()) + len(member) + 4
    end = entry.index(b'"', start) - 1
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return entry[:end] + alphabet[alphabet.index(entry[end]) | 1 :][:1] + entry[end + 1 :]


@pytest.mark.parametrize(
    ("name", "member"),
    [
        *(("ballot", member) for member in ("c", "oh", "paper", "pk", "sig")),
        ("opening", "c"),
        ("opening", "r"),
    ],
)
def test_leaf_read_quickly_refuses_another_spelling_of_its_bytes(name, member):
    with pytest.raises(MalformedLeaf):
        parse_leaf(changed_end(EXAMPLES[name].encode(), member))


@pytest.mark.parametrize("seq", [1, 9, 10, 10**15 - 1, 10**15, 2**53 - 1])
def test_ballot_is_read_with_any_number_and_what_its_signature_covers(seq):
    ballot = replace(BALLOT, seq=seq, creds=BALLOT.creds * 2).signed(VOTER)
    assert decode_signed(ballot.encode()) == (ballot, ballot.signed_bytes)


@pytest.mark.parametrize("seq", [b"0", b"-1", b"01", b"1.0", b"9007199254740992", b'"1"'])
def test_ballot_with_another_number_is_refused(seq):
    with pytest.raises(KernelError):
        parse_leaf(BALLOT.encode().replace(b'"seq":1', b'"seq":' + seq))
