"""What goes wrong on the way to the box, and that nothing is lost or counted twice."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from folkmoot_kernel.notes import ED25519, SigningKey
from playwright.sync_api import Browser, Route, expect

from folkmoot.ballots import services
from folkmoot.ballots.models import Cell
from folkmoot.ui import build
from tests.ballots.box.running import RunningBox
from tests.factories.ballots import Voting, take_tokens
from tests.journeys.booth_phone import Pick, accepted, claim, one_phase, vote

pytestmark = pytest.mark.browser


def test_lost_line_sends_the_same_ballot_again(made: Callable[..., Voting], phone: Pick) -> None:
    voting = one_phase(made)
    amal = phone()
    amal.open(claim(voting))
    amal.press("take")
    amal.choose("Good")
    amal.press("to-review")
    amal.context.set_offline(True)
    amal.press("cast")
    amal.sees("not-yet-title")
    amal.reads("trouble-offline")
    for language in ("zh-CN", "en"):  # the page is drawn again, and still sends by itself
        amal.language = language
        amal.page.get_by_role("button", name=amal.say("language"), exact=True).click()
        amal.sees("not-yet-title")
    answers = []

    def lose_answer(route: Route) -> None:
        """The ballot comes to the box; its promise is lost on the way."""
        if answers:
            route.continue_()
            return
        answers.append(route.fetch().status)
        route.abort()

    amal.page.route("**/cast", lose_answer)
    amal.context.set_offline(False)
    amal.sees("kept-title")
    assert answers == [200]
    assert len(amal.casts) >= 2
    assert len(set(amal.casts)) == 1
    voting.close_poll()
    amal.sees("counted-title")
    assert accepted(voting) == [1]


def test_reload_in_the_middle_loses_nothing(made: Callable[..., Voting], phone: Pick) -> None:
    voting = one_phase(made)
    amal = phone()
    amal.page.route("**/papers/batch/", lambda route: route.abort())
    amal.open(claim(voting))
    amal.press("take")
    amal.reads("trouble-offline")
    amal.page.unroute("**/papers/batch/")
    amal.page.reload()
    amal.press("take")
    amal.sees_text("How is road 1?")
    amal.page.route("**/cast", lambda route: route.abort())
    vote(amal)
    amal.sees("not-yet-title")
    amal.page.unroute("**/cast")
    amal.page.reload()
    amal.sees("kept-title")
    assert len(set(amal.casts)) == 1


def test_ballot_waits_for_the_word_and_is_told_of_the_close(made: Callable[..., Voting], phone: Pick) -> None:
    voting = made()
    voting.open_poll()
    early, late = phone(), phone("zh-CN")
    for nth, voter in enumerate((early, late)):
        voter.open(claim(voting, nth))
        voter.press("take")
        voter.press("waiting-heard")
    vote(early)
    early.sees("not-yet-title")
    voting.open_casting()
    early.sees("kept-title")
    voting.close_poll()
    vote(late, "好")
    late.sees("not-cast-title")
    expect(late.page.locator(".verdict")).to_contain_text("投票已经结束")
    late.check("closed")
    assert accepted(voting) == [1]


def test_box_that_breaks_its_word_is_shown_with_what_to_do(made: Callable[..., Voting], phone: Pick) -> None:
    voting = one_phase(made)
    amal = phone(width=320)

    def forge(route: Route) -> None:
        answer = route.fetch()
        promise = json.loads(answer.body())
        lines = promise["note"].split("\n")
        lines[4] = str(int(lines[4]) + 1)  # a deadline that the box has not signed
        promise["note"] = "\n".join(lines)
        body = json.dumps(promise, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
        route.fulfill(response=answer, body=body)

    amal.page.route("**/cast", forge)
    amal.open(claim(voting))
    amal.press("take")
    vote(amal)
    amal.sees("broken-title")
    amal.reads("broken-answer")
    with amal.page.expect_download() as evidence:
        amal.press("object-file")
    assert json.loads(evidence.value.path().read_text())[0]["ballot"] == amal.casts[0]
    amal.page.unroute("**/cast")
    amal.press("try-now")
    amal.sees("kept-title")

    # The promise is good; its time passes, and the log does not have the ballot.
    amal.page.clock.set_fixed_time("2040-01-01")
    amal.page.reload()
    amal.sees("broken-title")
    amal.reads("broken-promise")
    voting.close_poll()
    amal.press("try-now")
    amal.sees("counted-title")


def test_booth_says_when_the_browser_cannot_check_signatures(
    made: Callable[..., Voting], phone: Pick
) -> None:
    voting = one_phase(made)
    amal = phone("zh-CN")
    amal.page.add_init_script("""
        const importKey = crypto.subtle.importKey.bind(crypto.subtle);
        const missing = () => Promise.reject(new DOMException("", "NotSupportedError"));
        crypto.subtle.importKey = (...asked) => (asked[2] === "Ed25519" ? missing() : importKey(...asked));
    """)
    amal.open(claim(voting))
    amal.press("take")
    vote(amal, "好")
    amal.sees("kept-title")
    amal.reads("not-verified")
    voting.close_poll()
    amal.sees("counted-title")
    amal.reads("counted-shown")
    amal.reads("not-verified")


def test_booth_says_when_it_can_lock_nothing(phone: Pick, ballot_box: RunningBox, browser: Browser) -> None:
    page = (build.BOOTH / "built" / "index.html").read_text(encoding="utf-8")
    amal = phone()
    amal.page.route(
        "http://booth.example/**", lambda route: route.fulfill(body=page, content_type="text/html")
    )
    amal.page.goto("http://booth.example/booth/")
    amal.sees("trouble-title")
    amal.reads("needs-https")
    context = browser.new_context(java_script_enabled=False)
    without = context.new_page()
    answer = without.goto(f"http://{ballot_box.host}/booth/")
    assert answer is not None
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "sha256-" in answer.headers["content-security-policy"]
    told = without.locator("noscript p").all_inner_texts()
    assert ["ask at the desk for a slip" in told[0], "纸质投票码" in told[1]] == [True, True]
    context.close()


LOOK = "dispatchEvent(new Event('online'))"  # the booth looks at once, without waiting for its turn


@pytest.mark.parametrize("hours", [-1, 1])
def test_phone_whose_clock_is_an_hour_wrong_votes_all_the_same(
    made: Callable[..., Voting], phone: Pick, hours: int
) -> None:
    voting = one_phase(made)
    amal = phone()
    amal.page.clock.install(time=datetime.now(UTC) + timedelta(hours=hours))
    amal.open(claim(voting))
    amal.press("take")
    vote(amal)
    amal.sees("kept-title")
    with amal.page.expect_response("**/proof/*"):
        amal.page.evaluate(LOOK)
    amal.sees("kept-title")
    voting.close_poll()
    amal.page.evaluate(LOOK)
    amal.sees("counted-title")
    assert accepted(voting) == [1]


def test_vote_that_closes_while_somebody_answers_says_so_and_counts_the_others(
    made: Callable[..., Voting], phone: Pick
) -> None:
    voting = one_phase(made)
    early, late = phone(), phone()
    for nth, voter in enumerate((early, late)):
        voter.open(claim(voting, nth))
        voter.press("take")
        voter.sees_text("How is road 1?")
    vote(early)
    early.sees("kept-title")
    late.choose("Good")
    late.press("to-review")
    late.sees("review-title")
    voting.close_poll()
    late.press("cast")
    late.sees("not-cast-title")
    expect(late.page.locator(".verdict")).to_contain_text(
        "Voting on this paper is over. Your ballot is not in the box."
    )
    late.page.reload()
    late.sees("not-cast-title")
    early.sees("counted-title")
    assert accepted(voting) == [1]


def test_code_of_an_address_is_in_no_history(made: Callable[..., Voting], phone: Pick) -> None:
    voting = one_phase(made)
    address = claim(voting)
    code = parse_qs(address.partition("#")[2])["claim"][0]
    amal = phone()
    amal.page.route("**/papers/", lambda route: route.abort())  # nothing has been kept yet
    amal.open(address)
    amal.reads("trouble-offline")
    asked = amal.context.new_cdp_session(amal.page)
    # What the browser itself wrote down when the address was opened is beyond a page: see threats.md.
    shown = [entry["url"] for entry in asked.send("Page.getNavigationHistory")["entries"]]
    assert [url for url in shown if code in url] == []
    assert code not in amal.page.evaluate("location.href + JSON.stringify(history.state) + document.referrer")
    amal.page.unroute("**/papers/")
    amal.press("try-now")
    amal.sees_text("Spring appraisal")
    amal.page.go_back()
    amal.page.go_forward()
    amal.sees_text("Spring appraisal")
    assert code not in amal.page.url


def test_box_that_names_another_key_than_the_registrar_is_left_alone(
    made: Callable[..., Voting], phone: Pick
) -> None:
    voting = one_phase(made)
    amal = phone("zh-CN")
    other = f"log {SigningKey(voting.poll.log_key.partition('+')[0], ED25519, bytes(32)).verifier.vkey}\nquorum none\n"
    amal.page.route("**/policy", lambda route: route.fulfill(
        body=other, content_type="text/plain", headers={"Access-Control-Allow-Origin": "*"}
    ))  # fmt: skip
    amal.open(claim(voting))
    amal.sees("trouble-title")
    amal.reads("trouble-split-view")
    amal.check("split view")
    assert amal.page.get_by_role("button", name=amal.say("take"), exact=True).count() == 0


SPOIL = """
    const encrypt = crypto.subtle.encrypt.bind(crypto.subtle);
    crypto.subtle.encrypt = async (...asked) => {
        const sealed = new Uint8Array(await encrypt(...asked));
        sealed[0] ^= 1;
        return sealed.buffer;
    };
"""


def test_booth_opens_a_ballot_that_the_count_could_not_open(
    made: Callable[..., Voting], phone: Pick, ballot_box: RunningBox
) -> None:
    voting = one_phase(made, objection_hours=0)
    amal, bei = phone(), phone("zh-CN")
    for nth, (voter, grade) in enumerate(((amal, "Good"), (bei, "好"))):
        voter.page.add_init_script(SPOIL)
        voter.open(claim(voting, nth))
        voter.press("take")
        vote(voter, grade)
        voter.sees("kept-title")
    bei.page.goto("about:blank")  # and comes back too late
    for entry in voting.entries("residents")[2:8]:
        for key in take_tokens(services.issue_claim(actor=voting.chair, entry=entry)):
            assert ballot_box.cast(key.request([1])).status == 200
    voting.close_poll()
    amal.sees("counted-title")
    voting.publish_openings()
    amal.page.reload()
    amal.reads("spoiled-opened")
    amal.check("spoiled")
    voting.publish_result()
    assert Cell.objects.get(accepted=8).spoiled == 1
    bei.open(f"http://{ballot_box.host}/booth/")
    bei.reads("spoiled-late")
