import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import OperationalError
from django.test import Client

from tests.ui import addresses

LONG = "The lamp at the harbour road has been dark since Monday, and children walk there."
TYPED = {"what": LONG, "kind": "road", "password": "hunter2", "claim_code": "7KQ2-MXRA-93TW"}


@pytest.fixture
def visitor() -> Client:
    """A browser that sees the page of an error, as people do."""
    return Client(raise_request_exception=False)


@pytest.fixture
def strict() -> Client:
    """A browser whose forms are checked for their token."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies["csrftoken"] = "a" * 32
    return client


def fail_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setitem(addresses.REFUSALS, "other", lambda: error)


@pytest.mark.parametrize(
    ("how", "status", "sentence"),
    [
        ("refused", 422, "The meeting is over."),
        ("not-allowed", 403, "Your post does not allow this."),
        ("not-found", 404, "Perhaps the address has a slip in it"),
        ("stale", 409, "While you were here, somebody else changed this."),
        ("too-many", 429, "That was too often in a short time."),
        ("broken", 500, "This is our fault, not yours."),
    ],
)
def test_error_page_has_the_status_and_says_why(
    visitor: Client, how: str, status: int, sentence: str
) -> None:
    answer = visitor.get(f"/refuse/{how}")
    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"


def test_error_page_speaks_the_readers_language(visitor: Client) -> None:
    answer = visitor.get("/refuse/stale", headers={"Accept-Language": "zh-CN"})
    assert '<html lang="zh-Hans">' in answer.content.decode()
    assert "有人先办了一步" in answer.content.decode()


def test_unknown_address_is_a_page(visitor: Client) -> None:
    answer = visitor.get("/nowhere")
    assert answer.status_code == 404
    assert "There is no such page here" in answer.content.decode()


def test_wrong_method_is_a_page_that_names_the_right_one(visitor: Client) -> None:
    answer = visitor.get("/only-post")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "This address is not a page" in answer.content.decode()


def test_too_many_says_when_to_come_back(visitor: Client) -> None:
    assert visitor.get("/refuse/too-many").headers["Retry-After"] == "60"


def test_stale_state_leads_back_to_where_one_was(visitor: Client) -> None:
    answer = visitor.post("/refuse/stale", TYPED, headers={"Referer": "http://testserver/case/7?part=2"})
    assert 'href="/case/7?part=2"' in answer.content.decode()


def test_stale_state_never_leads_to_another_site(visitor: Client) -> None:
    answer = visitor.post("/refuse/stale", TYPED, headers={"Referer": "http://elsewhere.example/trap"})
    assert "elsewhere.example" not in answer.content.decode()


def test_stale_state_shows_what_was_typed_but_offers_no_second_sending(visitor: Client) -> None:
    page = visitor.post("/refuse/stale", TYPED).content.decode()
    assert LONG in page
    assert "Send again" not in page


@pytest.mark.parametrize("short", ["The lamp burns.", "灯亮了。"])
def test_stale_state_shows_a_short_text_too(visitor: Client, short: str) -> None:
    page = visitor.post("/refuse/stale", {"text": short, "seen": "3", "kind": "road"}).content.decode()
    assert page.count("</textarea>") == 1
    assert f">\n{short}</textarea>" in page


def test_sign_in_first_sends_a_reader_to_sign_in_and_back(visitor: Client) -> None:
    answer = visitor.get("/refuse/sign-in?a=1")
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "/account/login/?next=%2Frefuse%2Fsign-in%3Fa%3D1",
    )


def test_sign_in_first_sends_an_htmx_reader_with_a_header(visitor: Client) -> None:
    answer = visitor.get("/refuse/sign-in", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/account/login/?next=%2Frefuse%2Fsign-in"


def test_sign_in_first_keeps_what_a_writer_typed(visitor: Client) -> None:
    answer = visitor.post("/refuse/sign-in?a=1", TYPED)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "You are signed out" in page
    assert f'name="what" rows="6">\n{LONG}</textarea>' in page
    assert '<input type="hidden" name="kind" value="road">' in page
    assert 'action="/refuse/sign-in?a=1"' in page


def test_kept_page_never_gives_back_a_password_or_code(visitor: Client) -> None:
    page = visitor.post("/refuse/sign-in", TYPED).content.decode()
    assert "hunter2" not in page
    assert "7KQ2" not in page


def test_kept_page_asks_for_files_again(visitor: Client, tmp_path: Any) -> None:
    photo = tmp_path / "lamp.jpg"
    photo.write_bytes(b"not really")
    with photo.open("rb") as file:
        page = visitor.post("/refuse/sign-in", {"photo": file}).content.decode()
    assert "Please choose again: lamp.jpg" in page
    assert 'enctype="multipart/form-data"' in page


def test_kept_text_is_escaped(visitor: Client) -> None:
    page = visitor.post(
        "/refuse/sign-in", {"what": "</textarea><script>\n", "kind": '"><b>'}
    ).content.decode()
    assert "&lt;/textarea&gt;&lt;script&gt;" in page
    assert 'value="&quot;&gt;&lt;b&gt;"' in page


def test_form_without_token_is_kept_and_can_be_sent_again(strict: Client) -> None:
    answer = strict.post("/only-post", TYPED, headers={"Sec-Fetch-Site": "same-origin"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Please send it once more" in page
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    again = strict.post("/only-post", {"what": LONG, "csrfmiddlewaretoken": token})
    assert (again.status_code, again.content) == (200, b"2 fields")


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {}]
)
def test_form_from_another_site_cannot_be_sent_again(strict: Client, headers: dict[str, str]) -> None:
    answer = strict.post("/only-post", TYPED, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "We do not know where this came from" in page
    assert LONG not in page


def test_body_in_another_encoding_is_400(visitor: Client) -> None:
    sent_as = "application/x-www-form-urlencoded; charset=utf-16"
    answer = visitor.generic("POST", "/only-post", "what=lamp".encode("utf-16"), sent_as)
    assert answer.status_code == 400
    assert "We could not read that" in answer.content.decode()


@pytest.mark.parametrize("error", [RequestDataTooBig("too big"), TooManyFilesSent("too many")])
def test_too_much_data_is_413(visitor: Client, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    fail_with(monkeypatch, error)
    answer = visitor.post("/refuse/other")
    assert answer.status_code == 413
    assert "That was too much at once" in answer.content.decode()


def test_a_body_beyond_the_limit_is_413(strict: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = strict.post("/only-post", {"what": "x" * 200}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 413


def test_too_many_fields_is_413(strict: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    answer = strict.post("/only-post", {f"f{n}": "x" for n in range(9)})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("error", "retry_after", "title"),
    [
        (OperationalError("database is locked"), "30", "Very many people are writing at once"),
        (OperationalError("database or disk is full"), "3600", "There is no room left"),
        (OSError(28, "No space left on device"), "3600", "There is no room left"),
        (OperationalError("connection refused"), "60", "We cannot reach our records"),
    ],
)
def test_failing_storage_is_503_and_keeps_what_was_typed(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, retry_after: str, title: str
) -> None:
    fail_with(monkeypatch, error)
    answer = visitor.post("/refuse/other", TYPED)
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, retry_after)
    assert title in page
    assert LONG in page


def test_failing_storage_in_a_middleware_is_503(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from folkmoot.people.middleware import ActorMiddleware

    def fail(self: ActorMiddleware, request: object) -> None:
        raise OperationalError("unable to open database file")

    monkeypatch.setattr(ActorMiddleware, "__call__", fail)
    answer = visitor.get("/components/")
    assert answer.status_code == 503
    assert "We cannot reach our records" in answer.content.decode()


def test_error_page_that_breaks_itself_is_plain_words(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> str:
        raise ValueError("no manifest")

    monkeypatch.setattr("folkmoot.ui.errors.render_to_string", fail)
    answer = visitor.get("/refuse/broken")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "text/plain; charset=utf-8")
    assert answer.content.decode().startswith("Something broke on our side\n")


@pytest.mark.parametrize(
    ("how", "status", "title"),
    [
        ("refused", 422, "Unprocessable Entity"),
        ("not-allowed", 403, "Forbidden"),
        ("not-found", 404, "Not Found"),
        ("stale", 409, "Conflict"),
        ("too-many", 429, "Too Many Requests"),
        ("sign-in", 403, "Forbidden"),
        ("broken", 500, "Internal Server Error"),
    ],
)
def test_api_answers_with_problem_details(visitor: Client, how: str, status: int, title: str) -> None:
    answer = visitor.get(f"/api/refuse/{how}")
    body = json.loads(answer.content)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert (body["type"], body["title"], body["status"]) == ("about:blank", title, status)
    assert body["instance"] == f"/api/refuse/{how}"


def test_api_says_the_wrong_method_as_a_problem(visitor: Client) -> None:
    answer = visitor.get("/api/only-post")
    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")
    assert answer.headers["Allow"] == "POST"


def test_api_problem_says_the_rule(visitor: Client) -> None:
    assert json.loads(visitor.get("/api/refuse/refused").content)["detail"] == "The meeting is over."


def test_htmx_error_takes_the_place_of_the_page(visitor: Client) -> None:
    answer = visitor.post("/refuse/stale", headers={"HX-Request": "true"})
    headers = [answer.headers[f"HX-{name}"] for name in ("Retarget", "Reselect", "Reswap")]
    assert headers == ["#main", "#main", "outerHTML"]


@pytest.mark.parametrize("how", ["refused", "stale", "broken", "too-many"])
def test_error_page_needs_no_query(
    visitor: Client, how: str, django_assert_num_queries: Callable[[int], Any], db: None
) -> None:
    with django_assert_num_queries(0):
        visitor.get(f"/refuse/{how}")
