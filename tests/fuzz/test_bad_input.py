"""The bad input that the people who ordered the house named: a clear page, what was typed stays, nothing twice."""

import os
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from folkmoot.cases.models import Case, CaseDraft, CaseEvent
from folkmoot.cases.services import sign_for_case
from folkmoot.media.models import Attachment
from tests.conftest import signed_in
from tests.factories.cases import actor_of, make_case, make_rules
from tests.factories.island import Island
from tests.fuzz.pages import forms_of
from tests.fuzz.values import picture

TEXT = "The lamp by the pier has been dark since Monday."


@pytest.fixture
def browser(island: Island) -> Client:
    """A visitor's browser, whose forms carry their token as real ones do."""
    make_rules()
    return Client(enforce_csrf_checks=True)


def said(answer: Any) -> dict[str, str]:
    """What stands in the controls of the page that was answered."""
    forms = forms_of(answer.content.decode())
    return {name: control.value for form in forms for name, control in form.fields.items()}


def send(browser: Client, path: str, **typed: Any) -> Any:
    """Opens the page, fills its form and sends it."""
    token = said(browser.get(path))["csrfmiddlewaretoken"]
    return browser.post(path, {"csrfmiddlewaretoken": token, **typed})


def told(browser: Client, **more: Any) -> str:
    """The first step done: the address of the second."""
    answer = send(browser, "/report/", text=TEXT, category="lamp", **more)
    assert answer.status_code == 302
    return str(answer.url)


def placed(browser: Client, **where: Any) -> str:
    """Two steps done: the address of the last."""
    answer = send(browser, told(browser), **where)
    assert answer.status_code == 302
    return str(answer.url)


def is_clear(answer: Any, sentence: str) -> bool:
    return answer.status_code == 422 and sentence in answer.content.decode()


def test_report_with_no_place_asks_for_one(browser: Client) -> None:
    """Also when somebody goes to the last step by its address."""
    where = told(browser)
    answer = send(browser, where.replace("where", "check"), publicity="public", contact_name="Amal")
    assert is_clear(answer, "Please say where it is: choose a place, or point to it on the map.")
    assert TEXT in answer.content.decode()
    assert said(answer)["contact_name"] == "Amal"
    assert Case.objects.count() == 0


def test_report_with_an_unknown_place_keeps_what_was_typed(browser: Client) -> None:
    answer = send(browser, told(browser), place_text="Atlantis")
    assert is_clear(answer, "No place fits yet.")
    assert said(answer)["place_text"] == "Atlantis"


def test_report_outside_the_township_says_so(browser: Client) -> None:
    answer = send(browser, told(browser), lat="10", lon="10", place_text="the pier")
    assert is_clear(answer, "This point lies outside Seven Capes. Please choose a place inside it.")
    assert said(answer)["place_text"] == "the pier"
    assert Case.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (picture(40, 30) + os.urandom(30_000_000), "This photo has 30"),
        (b"MZ this is a programme, not a picture", "This file is no photo that we can read."),
        (picture(400, 300)[:900], "This photo is broken: we could not read it to its end."),
        (b"", "This file is empty. Please choose the photo again."),
    ],
    ids=["30 MB", "no picture", "half a picture", "empty"],
)
def test_report_with_a_bad_photo_keeps_the_words(browser: Client, content: bytes, sentence: str) -> None:
    photo = SimpleUploadedFile("photo.jpg", content, content_type="image/jpeg")
    answer = send(browser, "/report/", text=TEXT, category="lamp", photos=photo)
    assert is_clear(answer, sentence)
    assert (said(answer)["text"], said(answer)["category"]) == (TEXT, "lamp")
    assert (CaseDraft.objects.count(), Attachment.objects.count()) == (0, 0)


def test_report_of_100_000_characters_keeps_each_of_them(browser: Client) -> None:
    text = "word " * 20_000
    answer = send(browser, "/report/", text=text, category="lamp")
    assert is_clear(answer, "at most 5000 fit. Please shorten it.")
    assert said(answer)["text"] == text
    assert CaseDraft.objects.count() == 0


def test_report_with_a_phone_of_another_country_says_so(browser: Client) -> None:
    answer = send(
        browser,
        placed(browser, area="U111", place_text="the pier"),
        publicity="public",
        contact_phone="+1 212 555 0123",
    )
    assert is_clear(answer, "This number belongs to another country. Please give one that begins with +86.")
    assert said(answer)["contact_phone"] == "+1 212 555 0123"
    assert Case.objects.count() == 0


def test_sign_in_with_a_phone_of_another_country_says_so(browser: Client) -> None:
    answer = send(browser, "/account/login/", phone="+1 212 555 0123")
    assert "This number belongs to another country. Please give one that begins with +86." in (
        answer.content.decode()
    )
    assert said(answer)["phone"] == "+1 212 555 0123"


def test_report_sent_twice_is_one_matter(browser: Client) -> None:
    check = placed(browser, area="U111", place_text="the pier")
    first, second = (send(browser, check, publicity="public") for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url
    case = Case.objects.get()
    page = browser.get(second.url).content.decode()
    assert case.number in page
    assert CaseEvent.objects.filter(case=case, act="report").count() == 1


def test_act_sent_twice_is_done_once(island: Island) -> None:
    """The slower of two clicks is told that it is done already, and what it wrote is still there."""
    case = make_case(make_rules()["lamp"], island["U111"], island.amal)
    sign_for_case(actor=actor_of(island.hua, island.unit_chief), case=case)
    chief = signed_in(island.hua, island.unit_chief)
    page = f"/cases/{case.number}/answer/"
    seen = said(chief.get(page))["seen"]
    answers = [chief.post(page, {"seen": seen, "text": "The lamp burns again."}) for _ in range(2)]
    assert [answer.status_code for answer in answers] in ([302, 409], [302, 422], [302, 403])
    assert "The lamp burns again." in answers[1].content.decode()
    assert CaseEvent.objects.filter(case=case, act="answer").count() == 1


def test_act_sent_after_sign_out_keeps_what_was_typed(island: Island) -> None:
    case = make_case(make_rules()["lamp"], island["U111"], island.amal)
    chief = Client(enforce_csrf_checks=True)
    chief.cookies.update(signed_in(island.hua, island.unit_chief).cookies)
    page = f"/cases/{case.number}/escalate/"
    open_page = said(chief.get(page))
    typed = {name: open_page[name] for name in ("csrfmiddlewaretoken", "seen")} | {"text": TEXT}
    chief.post("/account/logout/", {"csrfmiddlewaretoken": typed["csrfmiddlewaretoken"]})
    answer = chief.post(page, typed)
    assert answer.status_code == 403
    assert "You are signed out" in answer.content.decode()
    assert TEXT in answer.content.decode()
    assert CaseEvent.objects.filter(case=case, act="escalate").count() == 0


def test_report_begun_signed_in_and_sent_after_sign_out_is_not_lost(island: Island) -> None:
    """It becomes a visitor's report, with a code to follow it."""
    make_rules()
    amal = signed_in(island.amal)
    check = placed(amal, area="U111", place_text="the pier")
    amal.post("/account/logout/")
    answer = send(amal, check, publicity="public")
    assert answer.status_code == 302
    case = Case.objects.get()
    assert (case.reporter, case.text) == (None, TEXT)
    assert case.number in amal.get(answer.url).content.decode()
