"""The five steps on pages: what they make, what they refuse, and what they keep of what was typed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from folkmoot.ballots import services
from folkmoot.ballots.models import Paper, Poll, RollEntry, SlipBatch, Stratum
from folkmoot.ballots.services.rolls import rolls_folder
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from tests.ballots.box.running import RunningBox
from tests.factories.ballots import ALL_CHANNELS, Voting
from tests.factories.island import Island

Make = Callable[..., Voting]
WORDS = {
    "name": "Spring appraisal",
    "name_zh": "春季评议",
    "eligibility": "Adults",
    "kind": "roll",
    "short_name": "spring",
}


def page(client: Client, address: str, **extra: Any) -> str:
    answer = client.get(address, **extra)
    assert answer.status_code == 200, address
    return answer.content.decode()


def at(voting: Voting, name: str) -> str:
    return f"/polls/{voting.poll.code}/{name}/"


def test_set_up_poll_goes_on_to_its_questions(as_bei: Client, island: Island) -> None:
    assert "For which place?" in page(as_bei, "/my/polls/new/")
    answer = as_bei.post("/my/polls/new/", WORDS | {"area": island["V1"].pk})
    assert (answer.status_code, answer["Location"]) == (302, "/polls/spring/questions/")
    poll = Poll.objects.get()
    assert (poll.name_zh, poll.area, poll.post, poll.state) == (
        "春季评议",
        island["V1"],
        island.secretary,
        "draft",
    )


def test_set_up_poll_keeps_what_was_typed_when_the_name_is_taken(as_bei: Client, island: Island) -> None:
    said = WORDS | {"area": island["V1"].pk, "short_name": "booth"}
    answer = as_bei.post("/my/polls/new/", said)
    assert answer.status_code == 422
    assert "Spring appraisal" in answer.content.decode()
    assert "There is a vote with the short name “booth” already." in answer.content.decode()
    assert not Poll.objects.exists()


def test_set_up_poll_offers_no_place_of_somebody_else(as_bei: Client, island: Island) -> None:
    answer = as_bei.post("/my/polls/new/", WORDS | {"area": island["V2"].pk})
    assert answer.status_code == 422
    assert not Poll.objects.exists()


@pytest.mark.parametrize(
    "name", ["words", "questions", "voters", "rules", "roll", "roll/file", "calendar", "open", "run"]
)
def test_draft_is_not_there_for_others(  # noqa: PLR0917
    client: Client, as_amal: Client, as_dou: Client, as_operator: Client, voting: Make, name: str
) -> None:
    made = voting()
    for somebody in (as_amal, as_dou, as_operator):
        assert somebody.get(at(made, name)).status_code in {403, 404}
        assert somebody.get(f"/polls/{made.poll.code}/").status_code == 404
    assert client.get(at(made, name)).status_code == 302


def test_draft_of_another_village_is_not_there(island: Island, voting: Make) -> None:
    from tests.conftest import signed_in

    oya = signed_in(island.oya, island.other_secretary)
    made = voting()
    for name in ("words", "questions", "voters", "roll", "calendar", "open", "run"):
        assert oya.get(at(made, name)).status_code == 404
    assert made.poll.name not in page(oya, "/my/polls/")


def test_add_paper_fills_the_usual_grades(as_bei: Client, voting: Make) -> None:
    made = voting()
    said = {"question": "How is the pier?", "question_zh": "码头怎么样？", "scale": "rating"}
    assert as_bei.post(at(made, "questions"), said).status_code == 302
    paper = Paper.objects.get(order=2)
    assert paper.options == [
        {"en": "Good", "zh-Hans": "好"}, {"en": "Fairly good", "zh-Hans": "较好"},
        {"en": "Average", "zh-Hans": "一般"}, {"en": "Poor", "zh-Hans": "差"},
    ]  # fmt: skip
    assert "How is the pier?" in page(as_bei, at(made, "questions"))
    assert as_bei.post(at(made, "questions/2/remove")).status_code == 302
    assert [paper.order for paper in Paper.objects.all()] == [1]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"scale": "plurality"}, "Please write the answers, one on each line."),
        ({"scale": "approval", "options": "A\nB", "options_zh": "甲"}, "as many answers as above"),
        ({"scale": "schulze", "options": "A\nB\nC\nD\nE\nF"}, "do not fit their kind"),
        ({"scale": "yes-no", "question": "How is road 1?", "question_zh": "1号路怎么样？"}, "asked already"),
    ],
)
def test_add_paper_says_what_does_not_fit(
    as_bei: Client, voting: Make, said: dict[str, str], why: str
) -> None:
    made = voting()
    answer = as_bei.post(at(made, "questions"), {"question": "Who?", **said})
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert Paper.objects.count() == 1


def test_every_scale_is_added_from_the_page(as_bei: Client, voting: Make) -> None:
    made = voting()
    for number, scale in enumerate(("rating", "yes-no", "plurality", "approval", "schulze", "stv")):
        said = {"question": f"Who {number}?", "scale": scale, "options": "A\nB\nC", "places": "1"}
        assert as_bei.post(at(made, "questions"), said).status_code == 302
    assert [paper.scale for paper in Paper.objects.order_by("order")][1:] == [
        "rating", "yes-no", "plurality", "approval", "schulze", "stv",
    ]  # fmt: skip


def test_stratum_is_added_changed_and_removed(as_bei: Client, voting: Make) -> None:
    made = voting()
    said = {"label": "Party members", "is_ordinary": "no", "channels": ["token", "hand"]}
    assert as_bei.post(at(made, "voters"), said).status_code == 302
    assert as_bei.post(at(made, "voters"), said).status_code == 302
    codes = [stratum.code for stratum in Stratum.objects.order_by("order")]
    assert codes == ["residents", "party-members", "party-members-2"]
    changed = said | {"channels": ["slip"], "joins": made.stratum("party-members-2").pk}
    assert as_bei.post(at(made, "voters/party-members"), changed).status_code == 302
    row = made.stratum("party-members")
    assert (row.channels, row.joins) == (("slip",), made.stratum("party-members-2"))
    assert as_bei.post(at(made, "voters/party-members-2/remove")).status_code == 302
    assert Stratum.objects.count() == 2


def test_stratum_of_ordinary_residents_is_not_joined_with_others(as_bei: Client, voting: Make) -> None:
    made = voting()
    said = {
        "label": "Leaders",
        "is_ordinary": "no",
        "channels": ["token"],
        "joins": made.stratum("residents").pk,
    }
    answer = as_bei.post(at(made, "voters"), said)
    assert answer.status_code == 422
    assert "Ordinary residents are joined with ordinary residents only." in answer.content.decode()


def test_fill_roll_takes_residents_and_holders_of_posts(as_bei: Client, voting: Make, island: Island) -> None:
    made = voting()
    said = {"with_residents": "on", "roles": ["unit_chief"]}
    assert as_bei.post(at(made, "voters/residents/fill"), said).status_code == 302
    on_roll = set(RollEntry.objects.exclude(person=None).values_list("person__name", flat=True))
    assert on_roll == {"Amal", "Hua", "Mei", "Nan"}


def roll_file(*rows: str) -> SimpleUploadedFile:
    text = "\n".join(["stratum,name,name_zh", *rows])
    return SimpleUploadedFile("roll.csv", text.encode(), content_type="text/csv")


def test_import_roll_checks_first_and_names_line_column_and_reason(as_bei: Client, voting: Make) -> None:
    made = voting()
    good = "residents,Wen,文"
    answer = as_bei.post(at(made, "roll/file"), {"file": roll_file(good), "act": "check"})
    assert answer.status_code == 200
    assert "Rows checked: 1. All is well." in answer.content.decode()
    faulty = as_bei.post(at(made, "roll/file"), {"file": roll_file(good, "nobody,Xia,夏"), "act": "import"})
    assert faulty.status_code == 422
    text = faulty.content.decode()
    assert "there is no group “nobody”; known are: residents" in text
    assert '<td class="number">3</td><td><code>stratum</code></td>' in text
    assert RollEntry.objects.count() == 20
    taken = {"file": roll_file(good, "nobody,Xia,夏"), "act": "import", "takes_good_rows": "on"}
    assert as_bei.post(at(made, "roll/file"), taken).status_code == 302
    assert RollEntry.objects.count() == 21


def test_checked_file_need_not_be_chosen_again(as_bei: Client, voting: Make) -> None:
    made, other = voting(), voting()
    checked = as_bei.post(at(made, "roll/file"), {"file": roll_file("residents,Wen,文"), "act": "check"})
    kept = checked.context["kept"]
    assert f'name="kept" value="{kept}"' in checked.content.decode()
    for address, name in ((at(other, "roll/file"), kept), (at(made, "roll/file"), "../secret")):
        refused = as_bei.post(address, {"kept": name, "act": "import"})
        assert refused.status_code == 422
        assert "Please choose it again." in refused.content.decode()
    assert as_bei.post(at(made, "roll/file"), {"kept": kept, "act": "import"}).status_code == 302
    assert RollEntry.objects.filter(poll=made.poll).count() == 21
    assert as_bei.post(at(made, "roll/file"), {"kept": kept, "act": "import"}).status_code == 422
    assert as_bei.post(at(made, "roll/file"), {"act": "import"}).status_code == 422


def test_checked_file_is_erased_after_an_hour(as_bei: Client, voting: Make) -> None:
    made, before = voting(), set(rolls_folder().iterdir())
    as_bei.post(at(made, "roll/file"), {"file": roll_file("nobody,Wen,文"), "act": "import"})
    kept = list(set(rolls_folder().iterdir()) - before)
    assert len(kept) == 1
    assert oct(rolls_folder().stat().st_mode)[-3:] == "700"
    services.forget_roll_files()
    assert kept[0].exists()
    with clock.set_to(clock.now() + timedelta(seconds=3_700)):
        assert services.forget_roll_files() >= 1
    assert not kept[0].exists()


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"PK\x03\x04broken", b"just words", b"\x89PNG\r\n"]
)
def test_import_roll_answers_any_file(as_bei: Client, voting: Make, content: bytes) -> None:
    made = voting()
    file = SimpleUploadedFile("roll.csv", content)
    assert as_bei.post(at(made, "roll/file"), {"file": file, "act": "import"}).status_code == 422
    assert RollEntry.objects.count() == 20


def test_calendar_is_kept_and_refused(as_bei: Client, voting: Make) -> None:
    made = voting()
    said = {"seen": made.reload().version, "phases": "one", "objection_hours": "0", "k": "6", "teller": "Wen"}
    late = as_bei.post(at(made, "calendar"), said | {"casts_at": "2030-01-01T10:00"})
    assert late.status_code == 422
    assert "casting opens with the vote" in late.content.decode()
    assert as_bei.post(at(made, "calendar"), said).status_code == 302
    poll = made.reload()
    assert (poll.is_two_phase, poll.k, poll.teller, poll.objection_hours) == (False, 6, "Wen", 0)


def test_change_poll_tells_the_slower_one(as_bei: Client, voting: Make) -> None:
    made = voting()
    said = {"name": "Other", "eligibility": "Adults", "seen": made.reload().version}
    assert as_bei.post(at(made, "words"), said).status_code == 302
    slower = as_bei.post(at(made, "words"), said | {"name": "Mine"})
    assert slower.status_code == 409
    assert "Somebody else was faster" in slower.content.decode()
    assert made.reload().name == "Other"


def test_open_poll_says_in_words_what_is_in_the_way(as_bei: Client, voting: Make, pool: list[Any]) -> None:
    small = voting({"residents": 4})
    text = page(as_bei, at(small, "open"))
    assert "Something is in the way. Each line says what." in text
    assert "A voter will need about 1 minute." in text
    assert "Give out papers from now on" not in text
    empty = voting({"residents": 0})
    assert "No roll, no poll." in page(as_bei, at(empty, "open"))
    answer = as_bei.post(at(small, "open"), {"version": small.reload().version})
    assert answer.status_code == 422
    assert small.reload().state == "draft"


def test_open_poll_says_which_groups_are_joined(as_bei: Client, voting: Make, pool: list[Any]) -> None:
    made = voting({"residents": 20, "leaders": 6, "members": 10}, joins={"leaders": "members"})
    text = page(as_bei, at(made, "open"))
    assert "Leaders" in text
    assert "Everything is ready. This vote can open." in text
    assert "Level 2 of 3." in text
    chinese = page(as_bei, at(made, "open"), headers={"accept-language": "zh-CN"})
    assert "一切就绪，可以开始。" in chinese


def test_slips_are_printed_once_and_made_worthless(as_bei: Client, voting: Make, pool: list[Any]) -> None:
    made = voting(channels=ALL_CHANNELS)
    assert 'value="20"' in page(as_bei, at(made, "open"))
    said = {"seen": made.reload().version, "slips_residents": "25"}
    assert as_bei.post(at(made, "slips/print"), {**said, "slips_residents": "0"}).status_code == 422
    answer = as_bei.post(at(made, "slips/print"), said)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    assert answer.content.startswith(b"%PDF")
    assert SlipBatch.objects.get().printed == 25
    assert as_bei.post(at(made, "slips/print"), said).status_code == 422
    assert as_bei.get(at(made, "slips/sheet")).content.startswith(b"%PDF")
    assert as_bei.post(at(made, "slips/drop"), {"seen": made.reload().version}).status_code == 302
    assert not SlipBatch.objects.exists()


def test_open_poll_from_the_page(
    as_bei: Client, voting: Make, pool: list[Any], ballot_box: RunningBox
) -> None:
    made = voting()
    answer = as_bei.post(at(made, "open"), {"version": made.reload().version})
    assert (answer.status_code, answer["Location"]) == (302, at(made, "run"))
    assert made.reload().state == "taking"
    for name in ("words", "questions", "voters", "calendar", "open"):
        refused = as_bei.get(at(made, name))
        assert refused.status_code == 422
        assert "This vote is open already" in refused.content.decode()


def test_name_desk_lets_a_post_in(as_bei: Client, as_guo: Client, voting: Make, island: Island) -> None:
    made = voting()
    assert as_guo.get(at(made, "run")).status_code == 404
    assert as_bei.post(at(made, "desk/posts"), {"posts": [island.grid_chief.pk]}).status_code == 302
    assert as_guo.get(at(made, "run")).status_code == 200
    assert as_guo.get(at(made, "words")).status_code == 403
    assert as_bei.post(at(made, "desk/posts"), {"posts": ["9" * 30]}).status_code == 422


def test_posts_are_found_by_their_title_and_what_was_typed_stays(
    as_bei: Client, voting: Make, island: Island
) -> None:
    made = voting()
    chief = island.unit_chief  # two levels below the village
    option = f'value="{chief.pk}"'
    assert option not in page(as_bei, at(made, "questions"))
    typed = {"question": "How is our unit chief?", "scale": "yes-no", "find": "unit CHIEF", "act": "find"}
    found = as_bei.post(at(made, "questions"), typed)
    assert found.status_code == 200
    text = found.content.decode()
    assert option in text
    assert "How is our unit chief?" in text
    assert Paper.objects.count() == 1
    said = {"question": "How is our unit chief?", "scale": "yes-no", "about_post": chief.pk}
    assert as_bei.post(at(made, "questions"), said).status_code == 302
    assert Paper.objects.get(order=2).about_post == chief
    for elsewhere in (island.other_secretary, island.officer):
        refused = as_bei.post(at(made, "questions"), said | {"question": "?", "about_post": elsewhere.pk})
        assert refused.status_code == 422


def test_desk_of_posts_that_were_found_keeps_those_chosen(
    as_bei: Client, voting: Make, island: Island
) -> None:
    made = voting()
    chosen = {"posts": [island.grid_chief.pk], "find": "unit chief", "act": "find"}
    text = as_bei.post(at(made, "desk/posts"), chosen).content.decode()
    for post, is_checked in ((island.grid_chief, True), (island.unit_chief, False)):
        box = next(part for part in text.split("<input") if f'value="{post.pk}"' in part and "posts" in part)
        assert ("checked" in box.split(">")[0]) is is_checked
    assert not made.poll.desks.exists()
    both = {"posts": [island.grid_chief.pk, island.unit_chief.pk]}
    assert as_bei.post(at(made, "desk/posts"), both).status_code == 302
    assert set(made.poll.desks.all()) == {island.grid_chief, island.unit_chief}
    assert as_bei.post(at(made, "desk/posts"), chosen | {"find": "\0"}).status_code == 200


def test_organiser_has_no_role_in_a_vote_about_his_post(
    as_bei: Client, voting: Make, island: Island, bei: Actor
) -> None:
    made = voting()
    said = {"question": "How is our secretary?", "scale": "rating", "about_post": island.secretary.pk}
    answer = as_bei.post(at(made, "questions"), said)
    assert answer.status_code == 403
    assert Paper.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_organised_list_asks_as_often_for_many(
    as_bei: Client, voting: Make, django_assert_num_queries: Any, rows: int
) -> None:
    for _number in range(rows):
        voting()
    page(as_bei, "/my/polls/")
    with django_assert_num_queries(8):
        text = page(as_bei, "/my/polls/")
    assert text.count("Spring appraisal") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_roll_asks_as_often_for_many(
    as_bei: Client, voting: Make, django_assert_num_queries: Any, rows: int
) -> None:
    made = voting({"residents": rows})
    with django_assert_num_queries(8):
        text = page(as_bei, at(made, "roll"))
    assert text.count("residents 00") == rows
    assert "residents 000" in page(as_bei, at(made, "roll") + "?q=000")


def test_remove_entry_takes_a_name_off(as_bei: Client, voting: Make) -> None:
    made = voting()
    entry = made.entries("residents")[0]
    assert as_bei.post(at(made, f"roll/{entry.pk}/remove")).status_code == 302
    assert as_bei.post(at(made, f"roll/{entry.pk}/remove")).status_code == 404
    assert RollEntry.objects.count() == 19


def test_rules_are_written_and_taken_out_on_their_page(as_bei: Client, as_guo: Client, voting: Make) -> None:
    made = voting({"residents": 20})
    assert "add a second group of voters first" in page(as_bei, at(made, "rules"))
    made = voting({"residents": 20, "members": 10})
    said = {"seen": made.reload().version, "parts": ["residents"], "is_strict": "least", "numerator": "80"}
    for bad in ({}, {"denominator": "x"}, {"denominator": "70"}, {"denominator": "100", "parts": "nobody"}):
        answer = as_bei.post(at(made, "rules"), said | bad)
        assert answer.status_code == 422
        assert 'value="80"' in answer.content.decode()
    assert as_guo.post(at(made, "rules"), said | {"denominator": "100"}).status_code == 404
    assert as_bei.post(at(made, "rules"), said | {"denominator": "100"}).status_code == 302
    slower = as_bei.post(at(made, "rules"), said | {"denominator": "90"})
    assert slower.status_code == 409
    assert "Residents have to be at least 80% of all who take a paper." in page(as_bei, at(made, "rules"))
    chinese = page(as_bei, at(made, "rules"), headers={"accept-language": "zh-CN"})
    assert "领取选票的人中，residents须达到80%。" in chinese
    stale = as_bei.post(at(made, "rules/1/remove"), {"version": 0})
    assert stale.status_code == 409
    assert as_bei.post(at(made, "rules/1/remove"), {"version": made.reload().version}).status_code == 302
    assert made.reload().composition == []


def test_draft_is_dropped_from_its_page(as_bei: Client, as_guo: Client, voting: Make) -> None:
    made = voting()
    assert at(made, "drop") in page(as_bei, at(made, "run"))
    assert "This cannot be taken back." in page(as_bei, at(made, "drop"))
    assert as_bei.post(at(made, "drop"), {"seen": made.reload().version}).status_code == 422
    said = {"seen": made.reload().version, "reason": "Set up twice."}
    assert as_guo.post(at(made, "drop"), said).status_code == 404
    assert as_bei.post(at(made, "drop"), said)["Location"] == "/my/polls/"
    assert not Poll.objects.exists()


def test_pages_say_that_numbers_were_not_compared_with_the_law(as_bei: Client, voting: Make) -> None:
    made = voting(preset="representatives")
    assert "(numbers of before the new law)" in page(as_bei, at(made, "words"))
    assert "Nobody has compared the numbers of this rule" in page(as_bei, at(made, "open"))


def test_services_are_the_same_for_the_pages() -> None:
    """Each act of an organiser has its page, so nothing is left for a command line."""
    from folkmoot.ballots.urls import urlpatterns

    named = {pattern.name for pattern in urlpatterns}
    acts = {name for name in services.__all__ if name.islower()}
    by_clock = {
        "close_due_polls",
        "count_closed_polls",
        "end_due_parts",
        "fill_key_pool",
        "forget_roll_files",
        "forget_samples",
        "open_due_casting",
        "publish_due_results",
        "tell_of_waiting",
    }
    files = {"keep_roll_file", "kept_roll_file"}  # part of bringing a roll in
    assert acts - named - by_clock - files == {"objection_end", "take_papers"}
