"""Two registrars on pages: files go out and come in, fingerprints are shown, others are kept out."""

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from folkmoot.ballots import boxes, queries, services
from folkmoot.ballots.handover import encode_numbers, fingerprint
from folkmoot.ballots.models import Agreement, Poll, RollEntry, TokenKey
from tests.ballots.box.running import RunningBox
from tests.conftest import signed_in
from tests.factories.ballots import Voting
from tests.factories.island import Island
from tests.factories.registrars import SECOND, made_keys, made_setup, opened_papers, signed_numbers

Make = Callable[..., Voting]


def handed(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("handed.txt", data, content_type="text/plain")


def send(client: Client, address: str, poll: Poll, **said: object) -> int:
    return client.post(address, {"seen": Poll.objects.get(pk=poll.pk).version, **said}).status_code


def test_organiser_hands_over_and_takes_in(
    as_bei: Client, voting: Make, pool: list[TokenKey], key_pool: list[TokenKey], ballot_box: RunningBox
) -> None:
    made = voting({"residents": 20})
    second = f"/polls/{made.poll.code}/second/"
    assert "Name a second registrar" in as_bei.get(f"/polls/{made.poll.code}/open/").content.decode()
    assert as_bei.get(second)["Location"] == f"{second}name/"
    for bad in ("", "a b", "https://", "../x", "x" * 300, boxes.registrar_host()):
        answer = as_bei.post(f"{second}name/", {"seen": made.reload().version, "host": bad})
        assert answer.status_code == 422, bad
    assert send(as_bei, f"{second}name/", made.poll, host=f" https://{SECOND.upper()}/ ") == 302
    assert made.reload().second_registrar == SECOND

    answer = as_bei.get(f"{second}files/setup/")
    setup = answer.content
    assert answer["Cache-Control"] == "no-store"
    assert fingerprint(setup) in as_bei.get(second).content.decode()
    assert as_bei.get(f"{second}files/keys/").status_code == 404
    assert as_bei.get(f"{second}files/private/").status_code == 404
    keys = made_keys(setup, key_pool[:1])
    assert send(as_bei, f"{second}keys/", made.poll, file=handed(b"something")) == 422
    assert send(as_bei, f"{second}keys/", made.poll) == 422
    assert send(as_bei, f"{second}keys/", made.poll, file=handed(keys.encode())) == 302
    assert fingerprint(keys.encode()) in as_bei.get(second).content.decode()

    page = as_bei.get(f"/polls/{made.poll.code}/open/").content.decode()
    assert "Level 3 of 3." in page
    assert (
        as_bei.post(f"/polls/{made.poll.code}/open/", {"version": made.reload().version}).status_code == 302
    )
    entry = made.entries("residents")[0]
    desk = as_bei.post(f"/polls/{made.poll.code}/desk/{entry.pk}/claim/").content.decode()
    assert f"The other one comes from {SECOND}" in desk
    assert "Level 3 of 3." in Client().get(f"/polls/{made.poll.code}/").content.decode()
    leaf = made.leaf
    numbers = encode_numbers(signed_numbers([leaf], 3))
    assert send(as_bei, f"{second}numbers/", made.poll, file=handed(numbers[:-9])) == 422
    assert send(as_bei, f"{second}numbers/", made.poll, file=handed(numbers)) == 302
    assert as_bei.get(f"{second}files/numbers/").content == numbers


def test_second_takes_part(
    as_bei: Client, island: Island, pool: list[TokenKey], key_pool: list[TokenKey]
) -> None:
    setup = made_setup(boxes.registrar_host())
    assert "Be the second registrar" in as_bei.get("/my/polls/").content.decode()
    address, said = "/my/polls/second/", {"area": island["V1"].pk}
    assert as_bei.get(address).status_code == 200
    for bad in ({}, {"file": handed(b"")}, {"file": handed(b"x")}, {"file": handed(b"x" * 4_000_001)}):
        assert as_bei.post(address, said | bad).status_code == 422
    assert as_bei.post(address, {"area": island["V2"].pk, "file": handed(setup.encode())}).status_code == 422
    assert as_bei.post(address, said | {"file": handed(setup.encode())}).status_code == 302
    poll = Poll.objects.get()
    second = f"/polls/{poll.code}/second/"

    fill = f"/polls/{poll.code}/voters/residents/fill/"
    assert "Step" not in as_bei.get(fill).content.decode()
    assert as_bei.post(fill, {"with_residents": "on"})["Location"] == second
    row = "stratum,name\nmembers,Member 1\n"
    roll = SimpleUploadedFile("roll.csv", row.encode(), content_type="text/csv")
    answer = as_bei.post(f"/polls/{poll.code}/roll/file/", {"file": roll, "act": "import"})
    assert answer["Location"] == second
    assert "Make the keys of this place" in as_bei.get(second).content.decode()
    assert send(as_bei, f"{second}keys/make/", poll) == 302
    page = as_bei.get(second).content.decode()
    offered = as_bei.get(f"{second}files/keys/").content
    assert "Make the keys of this place" not in page
    assert fingerprint(offered) in page
    from folkmoot.ballots.handover import OfferedKeys

    opened = opened_papers(setup, OfferedKeys.decode(offered), bytes(key_pool[-1].public)).encode()
    assert send(as_bei, f"{second}papers/", poll, file=handed(opened[:-30])) == 422
    assert send(as_bei, f"{second}papers/", poll, file=handed(opened)) == 302

    as_amal = signed_in(island.amal)
    page = as_amal.post(f"/my/papers/{poll.code}/").content.decode()
    assert "the other one comes from organiser.example" in page
    assert re.search(r"https://box\.example/booth/#poll=elsewhere&amp;at=", page)
    entry = RollEntry.objects.get(name="Member 1")
    desk = as_bei.post(f"/polls/{poll.code}/desk/{entry.pk}/claim/").content.decode()
    assert "The other one comes from organiser.example" in desk
    run = as_bei.get(f"/polls/{poll.code}/run/").content.decode()
    assert "The second codes of this vote are given out here." in run
    assert "Open the vote" not in run
    assert send(as_bei, f"/polls/{poll.code}/close-issuing/", poll) == 302
    assert as_bei.get(f"{second}files/numbers/").content.count(b"folkmoot/issued-by/v1") == 1
    assert send(as_bei, f"{second}leave/", poll) == 302
    assert as_bei.get(f"/polls/{poll.code}/run/").status_code == 200


@pytest.fixture
def part(island: Island, bei) -> Poll:
    setup = made_setup(boxes.registrar_host())
    return services.agree_to_poll(actor=bei, area=island["V1"], file=setup.encode())


PAGES = ["", "files/setup/", "keys/make/", "papers/", "leave/"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_two_registrars_are_for_who_leads_the_place(name: str, part: Poll, island: Island) -> None:
    address = f"/polls/{part.code}/second/{name}"
    assert signed_in(island.bei, island.secretary).get(address).status_code == 200
    for client in (
        Client(), signed_in(island.dou), signed_in(island.amal), signed_in(island.guo, island.grid_chief),
        signed_in(island.oya, island.other_secretary),
    ):  # fmt: skip
        assert client.get(address).status_code in (302, 403, 404), client
        if name != "" and not name.startswith("files"):
            assert client.post(address).status_code in (302, 403, 404)
    assert Poll.objects.get().version == part.version


@pytest.mark.parametrize("name", ["name/", "drop/", "keys/", "numbers/"])
def test_organisers_pages_are_not_for_the_second(name: str, part: Poll, as_bei: Client) -> None:
    assert as_bei.get(f"/polls/{part.code}/second/{name}").status_code == 403


def test_page_of_a_vote_without_a_second_registrar_is_not_found(
    as_bei: Client, voting: Make, pool: list[TokenKey], ballot_box: RunningBox
) -> None:
    made = voting({"residents": 20})
    made.open_poll()
    assert as_bei.get(f"/polls/{made.poll.code}/second/").status_code == 404
    assert as_bei.get(f"/polls/{made.poll.code}/second/files/setup/").status_code == 404


def test_page_of_two_registrars_asks_as_often_for_many_papers(
    as_bei: Client, island: Island, bei, django_assert_num_queries
) -> None:
    for papers in (1, 3):
        setup = made_setup(boxes.registrar_host(), code=f"part-{papers}", papers=papers)
        services.agree_to_poll(actor=bei, area=island["V1"], file=setup.encode())
        as_bei.get(f"/polls/part-{papers}/second/")
        with django_assert_num_queries(12):
            as_bei.get(f"/polls/part-{papers}/second/")


def test_agreement_is_asked_once_by_a_poll_of_one_registrar(
    voting: Make, pool: list[TokenKey], django_assert_num_queries
) -> None:
    made = voting({"residents": 20})
    with django_assert_num_queries(0):
        assert queries.agreement_on(made.poll) is None
    assert not Agreement.objects.exists()
