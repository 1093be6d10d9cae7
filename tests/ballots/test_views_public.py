"""What everybody reads of polls, and what a voter reads of her own papers and nobody else does."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from folkmoot.ballots import services
from folkmoot.ballots.models import Poll
from folkmoot.ballots.shown import shown_result
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.journal.models import AskedWitness, Trouble
from tests.ballots.box.running import RunningBox
from tests.ballots.test_views_setting_up import at, page
from tests.conftest import signed_in
from tests.factories.ballots import Voting, ask_papers, person_on_roll, take_tokens
from tests.factories.island import Island

Make = Callable[..., Voting]


@pytest.fixture
def opened(voting: Make, pool: list[Any], ballot_box: RunningBox, island: Island) -> Voting:
    """20 names and Amal are on the roll, online."""
    made = voting({"residents": 20})
    person_on_roll(made, island.amal)
    made.open_poll()
    return made


def test_poll_view_says_where_it_stands(client: Client, opened: Voting) -> None:
    text = page(client, f"/polls/{opened.poll.code}/")
    assert "Papers are given out now. Nobody can cast one yet." in text
    assert "Level 2 of 3." in text
    assert "How is road 1?" in text
    assert "Good · Fairly good · Average" in text
    chinese = page(client, f"/polls/{opened.poll.code}/", headers={"accept-language": "zh-CN"})
    for word in ("春季评议", "1号路怎么样？", "好 · 较好 · 一般", "北湾村成年村民", "现在发票，还不能投票。"):
        assert word in chinese


def test_poll_view_of_a_draft_is_not_there(client: Client, voting: Make) -> None:
    made = voting()
    for address in (f"/polls/{made.poll.code}/", at(made, "result"), at(made, "verify"), "/polls/nowhere/"):
        assert client.get(address).status_code == 404
    assert made.poll.name not in page(client, "/polls/")


def test_poll_result_is_not_there_before_it_is_published(client: Client, opened: Voting) -> None:
    assert client.get(at(opened, "result")).status_code == 404


def test_poll_verify_says_how_to_check_without_us(client: Client, opened: Voting) -> None:
    text = page(client, at(opened, "verify"))
    log = f"{settings.BOX_ORIGIN}/{opened.poll.code}"
    for said in (
        f"moot-verify {log}/",
        f"{log}/bundle.zip",
        f"{settings.BOX_ORIGIN}/booth/#check",
        "Key of the log",
    ):
        assert said in text
    assert opened.reload().log_key in text


def test_poll_verify_says_who_witnesses_the_log(
    client: Client, opened: Voting, django_assert_num_queries: Any
) -> None:
    assert "No other place witnesses this log" in page(client, at(opened, "verify"))
    origin = opened.reload().log_origin
    how = [
        {"name": "green", "size": 7, "cosigned_at": clock.now()},
        {"name": "red", "trouble": Trouble.SILENT},
        {"name": "blue"},
    ]
    for row in how:
        AskedWitness.objects.create(origin=origin, key=row["name"], **row)
        AskedWitness.objects.create(origin="another/log", key=row["name"], **row)
    with django_assert_num_queries(5):  # the poll with what belongs to it, and all witnesses at once
        text = page(client, at(opened, "verify"))
    for said in ("Entries signed: 7, last", "It does not answer.", "has not signed yet"):
        assert text.count(said) == 1


def test_bundle_of_the_page_is_the_one_of_the_box(
    client: Client, opened: Voting, ballot_box: RunningBox
) -> None:
    assert ballot_box.ask("GET", f"/{opened.poll.code}/bundle.zip").body.startswith(b"PK")


def test_protection_says_what_nothing_protects(client: Client) -> None:
    assert "What nothing protects" in page(client, "/how-votes-are-protected/")
    chinese = page(client, "/how-votes-are-protected/", headers={"accept-language": "zh-CN"})
    assert "什么都保护不了的情况" in chinese


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("address", ["/polls/", "/places/V1/polls/"])
def test_poll_list_asks_as_often_for_many(
    client: Client, voting: Make, django_assert_num_queries: Any, address: str, rows: int
) -> None:
    for _number in range(rows):
        Poll.objects.filter(pk=voting().poll.pk).update(state="taking")
    with django_assert_num_queries(1 if address == "/polls/" else 3):
        text = page(client, address)
    assert text.count("<h3>") == rows


def test_poll_list_of_a_place_leaves_others_out(client: Client, voting: Make) -> None:
    Poll.objects.filter(pk=voting().poll.pk).update(state="taking")
    assert "Spring appraisal" in page(client, "/places/T/polls/")
    assert "Spring appraisal" not in page(client, "/places/V2/polls/")
    assert client.get("/places/nowhere/polls/").status_code == 404


def test_place_shows_its_votes(client: Client, voting: Make) -> None:
    assert "All votes here" not in page(client, "/places/V1/")
    Poll.objects.filter(pk=voting().poll.pk).update(state="taking")
    text = page(signed_in_nobody(), "/places/V1/")
    assert "Spring appraisal" in text
    assert "All votes here" in text


def signed_in_nobody() -> Client:
    """Another browser: the page of the first one lies on the shelf for a moment."""
    return Client(headers={"accept-language": "en-GB"})


def test_my_papers_shows_only_my_votes(
    as_amal: Client, as_dou: Client, client: Client, opened: Voting
) -> None:
    assert "Spring appraisal" in page(as_amal, "/my/papers/")
    assert "You are on no roll now" in page(as_dou, "/my/papers/")
    assert client.get("/my/papers/").status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_my_papers_ask_as_often_for_many(
    as_amal: Client, voting: Make, island: Island, django_assert_num_queries: Any, rows: int
) -> None:
    for _number in range(rows):
        made = voting()
        person_on_roll(made, island.amal)
        Poll.objects.filter(pk=made.poll.pk).update(state="taking")
    page(as_amal, "/my/papers/")
    with django_assert_num_queries(4):
        text = page(as_amal, "/my/papers/")
    assert text.count("<h3>") == rows


def test_my_paper_leads_to_the_booth_once(as_amal: Client, opened: Voting) -> None:
    address = f"/my/papers/{opened.poll.code}/"
    before = page(as_amal, address)
    assert "Take my papers to the booth" in before
    assert "The database does not know how you vote, and the organiser cannot work it out" in before
    assert "#claim" not in before
    answer = as_amal.post(address)
    assert answer["Cache-Control"] == "no-store"
    claim = answer.context["claim"]
    way = f"{settings.BOX_ORIGIN}/booth/#poll={opened.poll.code}&amp;at={settings.ORIGIN}&amp;claim={claim}"
    assert way in answer.content.decode()
    assert ask_papers(claim).status_code == 200
    assert len(list(take_tokens(claim))) == 1
    assert "You have taken papers online." in page(as_amal, address)
    again = as_amal.post(address).context["claim"]
    assert (ask_papers(claim).status_code, ask_papers(again).status_code) == (403, 200)


def test_my_paper_tells_who_drew_a_slip(
    as_amal: Client, voting: Make, printed: Any, ballot_box: RunningBox, island: Island
) -> None:
    made = voting({"residents": 20}, channels={"has_tokens": False, "has_slips": True})
    entry = person_on_roll(made, island.amal)
    made.print_slips(printed, {"residents": 25})
    made.open_poll()
    address = f"/my/papers/{made.poll.code}/"
    assert "Your group does not vote online." in page(as_amal, address)
    assert as_amal.post(address).status_code == 422
    entry.refresh_from_db()
    services.draw_slip(actor=made.chair, entry=entry)
    assert "You drew a slip." in page(as_amal, address)


def test_my_paper_is_there_for_nobody_else(
    as_dou: Client, as_bei: Client, client: Client, opened: Voting, voting: Make
) -> None:
    address = f"/my/papers/{opened.poll.code}/"
    for somebody in (as_dou, as_bei):
        assert somebody.get(address).status_code == 404
        assert somebody.post(address).status_code == 404
    assert client.get(address).status_code == 302
    assert as_dou.get(f"/my/papers/{voting().poll.code}/").status_code == 404


def test_no_page_of_others_changes_when_a_paper_is_taken(
    as_bei: Client, as_dou: Client, as_amal: Client, opened: Voting, island: Island
) -> None:
    code = opened.poll.code
    addresses = [f"/polls/{code}/", f"/polls/{code}/verify/", "/polls/", "/places/V1/polls/"]
    own = [*addresses, f"/polls/{code}/run/", f"/polls/{code}/roll/", f"/polls/{code}/desk/", "/my/polls/"]
    chen = signed_in(island.chen, island.officer)
    readers = [(as_dou, addresses), (as_bei, own), (chen, own)]
    before = [lines_of(reader, address) for reader, found in readers for address in found]
    list(take_tokens(as_amal.post(f"/my/papers/{code}/").context["claim"]))
    assert [lines_of(reader, address) for reader, found in readers for address in found] == before


def lines_of(client: Client, address: str) -> list[str]:
    text = page(client, address)
    return [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line and "csrf" not in line]


# What may be said of a result -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "alike", "numbers"),
    [
        ([0] * 6, "All answered alike: Good.", []),
        ([0] * 10, "All 10 answered alike: Good.", [10, 0, 0]),
        ([0] * 5 + [1], "", [5, 1, 0]),
    ],
)
def test_shown_result_says_no_number_that_gives_people_away(  # noqa: PLR0917
    voting: Make, pool: list[Any], ballot_box: RunningBox, bei: Actor,
    answers: list[int], alike: str, numbers: list[int],
) -> None:  # fmt: skip
    made = voting({"residents": 20}, objection_hours=0)
    made.open_poll()
    entries = made.entries("residents")[: len(answers)]
    keys = [next(take_tokens(services.issue_claim(actor=bei, entry=entry))) for entry in entries]
    made.open_casting()
    for key, answer in zip(keys, answers, strict=True):
        assert ballot_box.cast(key.request([answer])).status == 200
    made.close_poll()
    made.publish_openings()
    made.publish_result()
    paper = made.paper
    shown = shown_result(paper, paper.result, list(made.poll.strata.all()))
    assert (shown.alike, [bar.value for bar in shown.bars]) == (alike, numbers)
    assert bool(shown.cells) is bool(numbers)
