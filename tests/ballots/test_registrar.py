"""The registrar's door: one paper for each person, the same answer for the same request, nothing kept beside."""

import json
from collections.abc import Callable
from time import monotonic, sleep

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from folkmoot_kernel.encoding import b64u, unb64u
from folkmoot_kernel.es256 import point_of, private_key
from folkmoot_kernel.papers import Paper as PaperLeaf
from folkmoot_kernel.recovery import token_factor, token_salt, voter_scalar
from folkmoot_kernel.tokens import TokenChallenge, TokenResponse, ask_token
from folkmoot_kernel.tokens import TokenKey as PublicKey
from folkmoot_kernel.tokens.structures import voter_nonce

from folkmoot.ballots import services
from folkmoot.ballots.models import Claim, PollEvent, Taken, TokenKey
from folkmoot.ballots.queries import registrar
from folkmoot.base.actors import Actor
from folkmoot.channels.models import Message
from folkmoot.journal.models import Act
from tests.ballots.box.running import RunningBox
from tests.conftest import signed_in
from tests.factories.ballots import (
    ALL_CHANNELS,
    Voting,
    ask_one,
    ask_papers,
    asked_token,
    new_key,
    person_on_roll,
    take_tokens,
)
from tests.factories.island import Island


@pytest.fixture
def open_voting(voting: Callable[..., Voting], pool, ballot_box: RunningBox, island: Island) -> Voting:
    """Papers of two questions are given out; Amal is on the roll."""
    made = voting({"residents": 20}, papers=2)
    person_on_roll(made, island.amal)
    made.open_poll()
    return made


@pytest.fixture
def amals(open_voting: Voting, acting: Callable[..., Actor]) -> str:
    """Amal's claim, which she has asked for herself."""
    entry = next(entry for entry in open_voting.entries("residents") if entry.person_id)
    return services.issue_claim(actor=acting("amal"), entry=entry)


def test_papers_offered_says_what_a_claim_is_good_for(open_voting: Voting, amals: str) -> None:
    answer = ask_papers(amals)
    said = answer.json()
    assert answer.status_code == 200
    assert (said["poll"], said["name"]["zh-Hans"], said["secrecy"]["level"]) == (
        open_voting.poll.code,
        "春季评议",
        2,
    )
    assert said["verifier_key"].startswith(f"{said['box'].removeprefix('http://')}/{said['poll']}+")
    leaves = [PaperLeaf.decode(unb64u(paper["leaf"])) for paper in said["papers"]]
    assert [b64u(leaf.id) for leaf in leaves] == [paper["id"] for paper in said["papers"]]
    assert [paper["channel_taken"] for paper in said["papers"]] == ["", ""]
    assert said["papers"][0]["stratum"] == "residents"
    assert said["papers"][0]["sentence"]["en"] != said["papers"][0]["sentence"]["zh-Hans"] != ""


def test_same_request_gets_the_same_answer(open_voting: Voting, amals: str) -> None:
    leaf = open_voting.leaf
    request = asked_token(leaf, "residents", new_key()).request.encode()
    first, again = (ask_one(amals, leaf, "residents", request) for _time in range(2))
    assert (first.status_code, first["Content-Type"]) == (200, "application/private-token-response")
    assert first.content == again.content
    assert len(first.content) == 256
    assert Taken.objects.count() == 1


def test_another_blinded_message_is_refused(open_voting: Voting, amals: str) -> None:
    leaf = open_voting.leaf
    assert (
        ask_one(
            amals, leaf, "residents", asked_token(leaf, "residents", new_key()).request.encode()
        ).status_code
        == 200
    )
    other = ask_one(amals, leaf, "residents", asked_token(leaf, "residents", new_key()).request.encode())
    assert (other.status_code, other["Content-Type"]) == (409, "application/problem+json")
    assert other.json()["detail"] == "This paper was taken on another device, or as a slip or on paper."
    assert ask_papers(amals).json()["papers"][0]["channel_taken"] == "token"


def test_recovery_words_bring_the_paper_back_on_a_second_device(open_voting: Voting, amals: str) -> None:
    leaf, seed = open_voting.leaf, bytes(range(16))
    public = PublicKey(leaf.strata[0].token.keys[0])
    answers = []
    for _device in range(2):
        key = private_key(voter_scalar(seed, paper=leaf.id))
        asked = ask_token(
            public, TokenChallenge(leaf.registrars[0], leaf.id, leaf.box), voter_nonce(point_of(key.public_key())),
            salt=token_salt(seed, paper=leaf.id, key=public), factor=token_factor(seed, paper=leaf.id, key=public),
        )  # fmt: skip
        answer = ask_one(amals, leaf, "residents", asked.request.encode())
        answers.append(asked.finalize(TokenResponse.parse(answer.content)).encode())
    assert answers[0] == answers[1]


def test_a_new_claim_replaces_the_old_one_and_gives_no_second_paper(
    open_voting: Voting, amals: str, acting: Callable[..., Actor]
) -> None:
    list(take_tokens(amals))
    entry = next(entry for entry in open_voting.entries("residents") if entry.person_id)
    new = services.issue_claim(actor=acting("amal"), entry=entry)
    assert ask_papers(amals).status_code == 403
    assert [paper["channel_taken"] for paper in ask_papers(new).json()["papers"]] == ["token", "token"]
    leaf = open_voting.leaf
    request = asked_token(leaf, "residents", new_key()).request.encode()
    assert ask_one(new, leaf, "residents", request).status_code == 409


def test_bad_credentials_of_every_kind_get_one_body(open_voting: Voting, amals: str, voting, pool) -> None:
    other = voting({"residents": 20})
    other.open_poll()
    leaf = open_voting.leaf
    request = asked_token(leaf, "residents", new_key()).request.encode()
    body = json.dumps(
        {"requests": [{"paper": b64u(leaf.id), "stratum": "residents", "request": b64u(request)}]}
    )
    bad = [
        ask_papers("2222-2222-2222"),
        ask_papers("é"),
        Client().post("/papers/"),
        Client().post("/papers/", headers={"Authorization": f"Bearer {amals}"}),
        ask_one("2222-2222-2222", leaf, "residents", request),
        ask_one(amals, other.leaf, "residents", request),
        ask_one(amals, leaf, "members", request),
        Client().post("/papers/nothing/residents/", request, content_type="application/private-token-request",
                      headers={"Authorization": f"Claim {amals}"}),
        Client().post("/papers/batch/", body, content_type="application/json"),
    ]  # fmt: skip
    assert {answer.status_code for answer in bad} == {403}
    assert len({answer.content for answer in bad}) == 1


def test_malformed_requests_are_told_and_nothing_is_stored(open_voting: Voting, amals: str) -> None:
    leaf = open_voting.leaf
    good = asked_token(leaf, "residents", new_key()).request.encode()
    named = {"paper": b64u(leaf.id), "stratum": "residents", "request": b64u(good)}
    for data in (b"", good[:-1], good + b"0", b"\xff" * 259):
        assert ask_one(amals, leaf, "residents", data).status_code == 400
    bad_rows = [[named] * 61, [named | {"request": 7}], [named | {"paper": None}], [], 3]
    for body in ("", "[]", "{}", *(json.dumps({"requests": rows}) for rows in bad_rows)):
        answer = ask_batch(amals, body)
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json"), body
    assert Taken.objects.count() == 0


def ask_batch(code: str, body: str) -> HttpResponse:
    return Client().post(
        "/papers/batch/", body, content_type="application/json", headers={"Authorization": f"Claim {code}"}
    )


def test_batch_gives_all_or_none(open_voting: Voting, amals: str) -> None:
    first, second = (PaperLeaf.decode(unb64u(each["leaf"])) for each in ask_papers(amals).json()["papers"])
    ask_one(amals, second, "residents", asked_token(second, "residents", new_key()).request.encode())
    rows = [
        {"paper": b64u(leaf.id), "stratum": "residents",
         "request": b64u(asked_token(leaf, "residents", new_key()).request.encode())}
        for leaf in (first, second)
    ]  # fmt: skip
    answer = ask_batch(amals, json.dumps({"requests": rows}))
    assert answer.status_code == 409
    assert Taken.objects.count() == 1


def test_taking_leaves_no_trace_beside_its_row(open_voting: Voting, amals: str, caplog) -> None:
    kept = (Act, Message, PollEvent, Session)
    before = [model.objects.count() for model in kept]
    assert len(list(take_tokens(amals))) == 2
    services.issue_claim(actor=open_voting.chair, entry=open_voting.entries("residents")[3])
    assert [model.objects.count() for model in kept] == before
    assert caplog.records == []
    assert Claim.objects.count() == 2


def test_registrar_reads_no_cookie_and_sets_none(open_voting: Voting, amals: str, island: Island) -> None:
    client = signed_in(island.amal)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = ask_papers(amals, client)
    assert answer.status_code == 200
    assert answer.cookies == {}
    assert [query["sql"] for query in asked if "session" in query["sql"] or "account" in query["sql"]] == []


def test_any_origin_may_ask(open_voting: Voting, amals: str) -> None:
    answer = ask_papers(amals, Origin="https://observer.example")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    before = Client().options("/papers/batch/", headers={"Origin": "https://observer.example"})
    assert (before.status_code, before["Access-Control-Allow-Headers"]) == (
        204,
        "authorization, content-type",
    )
    assert Client().get("/papers/").status_code == 405
    assert ask_papers("2222-2222-2222")["Access-Control-Allow-Origin"] == "*"


def test_slip_and_hand_paper_exclude_a_token(
    voting: Callable[..., Voting], printed, ballot_box: RunningBox
) -> None:
    made = voting({"residents": 20}, channels=ALL_CHANNELS)
    made.print_slips(printed, {"residents": 10})
    made.open_poll()
    slip, hand = made.entries("residents")[:2]
    services.draw_slip(actor=made.chair, entry=slip)
    services.give_hand_paper(actor=made.chair, entry=hand)
    for entry, kind in ((slip, "slip"), (hand, "hand")):
        code = services.issue_claim(actor=made.chair, entry=entry)
        assert [paper["channel_taken"] for paper in ask_papers(code).json()["papers"]] == [kind]
        request = asked_token(made.leaf, "residents", new_key()).request.encode()
        assert ask_one(code, made.leaf, "residents", request).status_code == 409


def test_after_issuing_only_the_same_request_is_answered(open_voting: Voting, amals: str) -> None:
    leaf = open_voting.leaf
    request = asked_token(leaf, "residents", new_key()).request.encode()
    first = ask_one(amals, leaf, "residents", request)
    late = services.issue_claim(actor=open_voting.chair, entry=open_voting.entries("residents")[1])
    open_voting.open_casting()
    assert ask_one(amals, leaf, "residents", request).content == first.content
    refused = ask_one(late, leaf, "residents", asked_token(leaf, "residents", new_key()).request.encode())
    assert (refused.status_code, refused.json()["detail"]) == (
        422,
        "No papers are given out for this vote now.",
    )
    open_voting.close_poll()
    assert ask_papers(amals).status_code == 403
    assert {bytes(blinded) for blinded in Taken.objects.values_list("blinded", flat=True)} == {b""}


def test_key_that_another_process_has_erased_signs_no_more(open_voting: Voting, amals: str) -> None:
    list(take_tokens(amals))
    kept = dict(registrar._issuers)
    assert len(kept) == 2
    TokenKey.objects.update(private="")  # what ends issuing, in a process whose memory is not ours
    late = services.issue_claim(actor=open_voting.chair, entry=open_voting.entries("residents")[1])
    leaf = open_voting.leaf
    refused = ask_one(late, leaf, "residents", asked_token(leaf, "residents", new_key()).request.encode())
    assert refused.status_code == 404
    assert registrar._issuers == {}
    assert Taken.objects.count() == 2


def test_keys_leave_the_memory_although_nobody_asks_again(
    open_voting: Voting, amals: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    registrar.forget_issuers()
    monkeypatch.setattr(registrar, "KEPT_SECONDS", 0.2)
    list(take_tokens(amals))
    assert len(registrar._issuers) == 2
    deadline = monotonic() + 10
    while registrar._issuers and monotonic() < deadline:
        sleep(0.05)
    assert registrar._issuers == {}
