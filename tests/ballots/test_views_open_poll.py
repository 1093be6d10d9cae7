"""The pages of an open poll: set up, taken part in, and decided about by two."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from folkmoot.ballots.models import Gate, Poll, Proposal
from tests.ballots.test_open_poll import ask, entries, slow
from tests.ballots.test_views_setting_up import at, page
from tests.conftest import signed_in
from tests.factories.ballots import Voting, ask_papers, make_open_voting
from tests.factories.island import Island

MakeOpen = Callable[..., Voting]
CHINESE = {"accept-language": "zh-CN"}


@pytest.fixture
def as_chen(island: Island) -> Client:
    """The township's officer, who organises it too."""
    return signed_in(island.chen, island.officer)


def as_voter(voting: Voting, nth: int = 0) -> Client:
    return signed_in(entries(voting)[nth].person)


def test_open_poll_is_set_up_in_five_steps(as_bei: Client, island: Island) -> None:
    said = {
        "area": island["V1"].pk,
        "name": "Most popular secretary",
        "short_name": "popular",
        "kind": "open",
    }
    assert as_bei.post("/my/polls/new/", said)["Location"] == "/polls/popular/questions/"
    poll = Poll.objects.get()
    assert (poll.is_open, poll.is_two_phase, poll.preset, poll.strata.get().code) == (
        True,
        False,
        "",
        "everybody",
    )
    assert "By which rule" not in page(as_bei, "/polls/popular/words/")
    assert as_bei.post("/polls/popular/words/", {"name": "Best secretary", "seen": 0}).status_code == 302
    voters = page(as_bei, "/polls/popular/voters/")
    assert "Nobody makes a roll, and nobody sees who is on it." in voters
    assert "Add a group" not in voters
    for population in ("", "0", "-3", "many", "9" * 30):
        bad = as_bei.post("/polls/popular/voters/", {"population": population, "seen": 1})
        assert (bad.status_code, f'value="{population}"' in bad.content.decode() or not population) == (
            422,
            True,
        )
    good = as_bei.post("/polls/popular/voters/", {"population": "1240", "seen": 1})
    assert good["Location"] == "/polls/popular/calendar/"
    calendar = page(as_bei, good["Location"])
    assert "When does casting open?" not in calendar
    said = {"seen": 2, "objection_hours": 24, "k": 10, "closes_at": "2099-01-01 12:00"}
    assert as_bei.post(good["Location"], said)["Location"] == "/polls/popular/open/"
    assert "An open vote: self-selected and advisory." in page(as_bei, "/polls/popular/open/")


def test_set_up_poll_with_a_roll_asks_who_may_vote(as_bei: Client, island: Island) -> None:
    said = {"area": island["V1"].pk, "name": "Spring appraisal", "short_name": "spring", "kind": "roll"}
    answer = as_bei.post("/my/polls/new/", said)
    assert answer.status_code == 422
    assert "Please say who may vote." in answer.content.decode()


@pytest.mark.parametrize("name", ["roll", "desk"])
def test_list_of_those_who_could_take_part_is_nobodys(as_bei: Client, open_poll: MakeOpen, name: str) -> None:
    made = open_poll()
    assert as_bei.get(at(made, name)).status_code == 404
    run = page(as_bei, at(made, "run"))
    assert "See the names on the roll" not in run
    assert "To the desk" not in run
    entry = entries(made)[0].pk
    assert as_bei.get(at(made, f"desk/{entry}")).status_code == 404
    assert as_bei.post(at(made, f"desk/{entry}/claim")).status_code == 404


def test_poll_page_leads_who_can_take_part_to_the_booth(open_poll: MakeOpen) -> None:
    made = open_poll()
    voter = as_voter(made)
    text = page(voter, f"/polls/{made.poll.code}/")
    assert "Self-selected and advisory: whoever wishes takes part, and the result binds nobody." in text
    assert "Up to 30 people a minute get their papers at once." in text
    assert f'action="/my/papers/{made.poll.code}/"' in text
    assert "On the roll" not in text
    claim = voter.post(f"/my/papers/{made.poll.code}/").context["claim"]
    assert ask_papers(claim).json()["papers"][0]["channel_taken"] == ""


def test_poll_page_says_why_not_and_what_to_do(as_dou: Client, client: Client, open_poll: MakeOpen) -> None:
    made = open_poll()
    address = f"/polls/{made.poll.code}/"
    assert "Confirm yours under “How I sign in” for the next one." in page(as_dou, address)
    assert "Take my paper" not in page(as_dou, address)
    assert as_dou.post(f"/my/papers/{made.poll.code}/").status_code == 404
    assert "Sign in with your phone to take part." in page(client, address)
    chinese = page(client, address, headers=CHINESE)
    for said in (
        "自愿参与，仅供参考",
        "请用手机登录后参加。",
        "每分钟有30人可以马上领到票。",
        "凡在公布本次投票之前验证过手机、家住北湾村的人都可以参加。",
    ):
        assert said in chinese


def test_numbers_of_the_gate_move_in_steps_until_the_close(client: Client, open_poll: MakeOpen) -> None:
    made = slow(open_poll(), 2)
    for entry in entries(made)[:4]:
        ask(made, entry)
    text = page(client, f"/polls/{made.poll.code}/")
    assert text.count("<td>fewer than 5</td>") == 4
    Gate.objects.filter(poll=made.poll).update(at_once=13)
    assert "<td>at least 10</td>" in page(
        Client(headers={"accept-language": "en-GB"}), f"/polls/{made.poll.code}/"
    )
    made.close_poll()
    closed = page(Client(headers={"accept-language": "en-AU"}), f"/polls/{made.poll.code}/")
    assert "<td>13</td>" in closed
    assert "<td>2</td>" in closed


def test_two_organisers_decide_on_one_page(as_bei: Client, as_chen: Client, open_poll: MakeOpen) -> None:
    made = slow(open_poll(), 0)
    assert "Decide about those who wait" not in page(as_bei, at(made, "run"))
    address, agree = at(made, "waiting"), at(made, "waiting/agree")
    assert "Nobody waits now." in page(as_bei, address)
    ask(made, entries(made)[0])
    assert "Decide about those who wait" in page(as_bei, at(made, "run"))
    seen = made.reload().version
    for said in (
        {},
        {"lets_in": "maybe"},
        {"lets_in": "no", "reason": " "},
        {"lets_in": "no", "reason": "x" * 301},
    ):
        assert as_bei.post(address, {"seen": seen, **said}).status_code == 422
    assert not Proposal.objects.exists()
    assert (
        as_bei.post(address, {"seen": seen, "lets_in": "no", "reason": "A burst of new phones"}).status_code
        == 302
    )
    mine = page(as_bei, address)
    assert "Somebody else who organises this vote has to agree." in mine
    assert "I agree" not in mine
    assert as_bei.post(agree, {"version": seen + 1}).status_code == 422
    public = page(Client(), f"/polls/{made.poll.code}/")
    assert "proposes to refuse those who wait: “A burst of new phones”" in public
    other = page(as_chen, address)
    assert "I agree: refuse them" in other
    assert as_chen.post(agree, {"version": seen}).status_code == 409
    assert as_chen.post(agree, {"version": seen + 1}).status_code == 302
    text = page(Client(headers={"accept-language": "en-GB"}), f"/polls/{made.poll.code}/")
    assert "Another organiser agreed: those who waited were refused" in text
    assert "A burst of new phones" in text
    voter = page(as_voter(made), f"/polls/{made.poll.code}/")
    assert "Two organisers decided to let nobody in who waited when you did." in voter


def test_poll_page_tells_who_waits(open_poll: MakeOpen) -> None:
    made = slow(open_poll(), 0)
    ask(made, entries(made)[0])
    address = f"/polls/{made.poll.code}/"
    assert "You asked when very many did, and wait to be let in." in page(as_voter(made), address)
    assert "You asked when very many did" not in page(as_voter(made, 1), address)


def test_those_who_wait_are_decided_about_by_nobody_else(  # noqa: PLR0917
    client: Client, as_amal: Client, as_dou: Client, as_operator: Client, island: Island, open_poll: MakeOpen
) -> None:
    made = slow(open_poll(), 0)
    ask(made, entries(made)[0])
    oya = signed_in(island.oya, island.other_secretary)
    for address in (at(made, "waiting"), at(made, "waiting/agree")):
        assert client.post(address).status_code in {302, 403}
        for somebody in (as_amal, as_dou, as_operator, oya):
            assert somebody.post(address, {"lets_in": "in", "seen": 1, "version": 1}).status_code in {
                403,
                404,
            }
    assert not Proposal.objects.exists()


def test_waiting_page_of_a_poll_with_a_roll_is_not_there(as_bei: Client, voting: Any, island: Island) -> None:
    made = voting()
    draft = make_open_voting(island["V1"], made.chair, 0)
    for each in (made, draft):
        assert as_bei.get(at(each, "waiting")).status_code == 404
        assert as_bei.post(at(each, "waiting/agree"), {"version": 1}).status_code == 422


@pytest.mark.parametrize("waiting", [1, 3])
def test_pages_of_the_gate_ask_as_often_for_many(
    as_bei: Client, open_poll: MakeOpen, django_assert_num_queries: Any, waiting: int
) -> None:
    made = slow(open_poll(), 0)
    for entry in entries(made)[:waiting]:
        ask(made, entry)
    page(as_bei, at(made, "waiting"))
    with django_assert_num_queries(10):
        page(as_bei, at(made, "waiting"))
    with django_assert_num_queries(13):
        page(as_bei, f"/polls/{made.poll.code}/")
