"""The ways in, as a browser goes them."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from folkmoot.journal.models import Act
from folkmoot.people.demo_door import DemoSignIn, demo_sign_ins
from folkmoot.people.models import Account, Person
from folkmoot.people.phones import hash_of_phone
from tests.people.conftest import PHONE, Mailbag

SIGN_IN, CODE, PASSWORD, OUT = (
    "/account/login/",
    "/account/login/code/",
    "/account/login/password/",
    "/account/logout/",
)
UNKNOWN = "+8610000000999"


def ask_code(client: Client, phone: str = PHONE) -> Any:
    return client.post(SIGN_IN, {"phone": phone})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.django_db
def test_sign_in_asks_one_question(client: Client) -> None:
    page = client.get(SIGN_IN)
    assert page.status_code == 200
    assert list(page.context["form"].fields) == ["phone"]


def test_sign_in_lets_the_owner_of_the_phone_in(client: Client, ada: Person, codes: Mailbag) -> None:
    asked = ask_code(client, "100 0000 0001")
    assert (asked.status_code, asked.headers["Location"]) == (302, CODE)
    assert codes.sent == [(PHONE, codes.code)]
    assert len(codes.code) == 6
    entered = client.post(CODE, {"code": codes.code})
    assert (entered.status_code, entered.headers["Location"]) == (302, "/my/work/")
    assert client.session["_auth_user_id"] == str(ada.account.pk)


def test_sign_in_opens_an_account_on_the_first_visit(client: Client, db: None, codes: Mailbag) -> None:
    ask_code(client, UNKNOWN)
    assert (Person.objects.count(), Account.objects.count()) == (0, 0)
    client.post(CODE, {"code": codes.code})
    person = Person.objects.get()
    assert (person.phone, person.phone_hash, person.name) == (UNKNOWN, hash_of_phone(UNKNOWN), "")
    assert client.session["_auth_user_id"] == str(person.account.pk)
    assert list(Act.objects.values_list("kind", "object_ref")) == [
        ("people.account_opened", f"person:{person.ref}")
    ]


def test_sign_in_gives_an_imported_person_her_account(client: Client, ada: Person, codes: Mailbag) -> None:
    ada.account.delete()
    ask_code(client)
    client.post(CODE, {"code": codes.code})
    assert Account.objects.get().person == ada


def test_sign_in_asks_once_of_an_account_made_before(client: Client, ada: Person, codes: Mailbag) -> None:
    Account.objects.update(phone_verified=False)
    ask_code(client)
    assert client.post(CODE, {"code": codes.code}).headers["Location"] == "/my/work/"
    assert Account.objects.get().phone_verified is True


def test_sign_in_says_the_same_to_known_and_unknown_numbers(ada: Person, codes: Mailbag) -> None:
    answers = []
    for phone in (PHONE, UNKNOWN):
        client = Client()
        asked = ask_code(client, phone)
        page = client.get(CODE).content.decode()
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        assert phone.removeprefix("+86") in page
        answers.append((asked.status_code, asked.headers["Location"], len(page), token == ""))
        wrong = client.post(CODE, {"code": "000000x"})
        answers[-1] += (wrong.status_code, str(wrong.context["form"].errors))
    assert answers[0] == answers[1]
    assert [phone for phone, _code in codes.sent] == [PHONE, UNKNOWN]


def test_sign_in_with_a_wrong_code_stays_outside(client: Client, ada: Person, codes: Mailbag) -> None:
    ask_code(client)
    for _ in range(2):
        assert client.post(CODE, {"code": "wrong"}).status_code == 422
    assert client.post(CODE, {"code": "wrong"}).headers["Location"] == SIGN_IN
    late = client.post(CODE, {"code": codes.code})
    assert (late.headers["Location"], is_signed_in(client)) == (SIGN_IN, False)


def test_sign_in_sends_another_code_and_forgets_the_first(
    client: Client, ada: Person, codes: Mailbag
) -> None:
    ask_code(client)
    first = codes.code
    client.post(CODE, {"action": "resend"})
    assert len(codes.sent) == 2
    assert client.post(CODE, {"code": first}).status_code == 422 or first == codes.code
    client.post(CODE, {"code": codes.code})
    assert is_signed_in(client)


def test_sign_in_lets_somebody_correct_her_number(client: Client, ada: Person, codes: Mailbag) -> None:
    ask_code(client, UNKNOWN)
    assert client.get(SIGN_IN).status_code == 200
    ask_code(client, PHONE)
    client.post(CODE, {"code": codes.code})
    assert client.session["_auth_user_id"] == str(ada.account.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Please type a phone number."),
        ("hello", "This is not a whole phone number. Please check each digit."),
        ("1390000", "This is not a whole phone number. Please check each digit."),
        ("+44 7911 123456", "This number belongs to another country. Please give one that begins with +86."),
    ],
)
def test_sign_in_explains_what_is_no_number(
    client: Client, codes: Mailbag, typed: str, sentence: str
) -> None:
    page = ask_code(client, typed)
    assert page.status_code == 422
    assert page.context["form"].errors["phone"] == [sentence]
    assert f'value="{typed}"'.encode() in page.content or typed == ""
    assert codes.sent == []


@pytest.mark.django_db
def test_sign_in_without_a_carrier_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from folkmoot.base import registries

    monkeypatch.delitem(registries.deliver._entries, "code", raising=False)
    page = ask_code(client)
    assert page.status_code == 422
    assert b"No code can be sent from here yet" in page.content


def test_sign_in_limits_codes_to_one_number(client: Client, ada: Person, codes: Mailbag) -> None:
    statuses = [ask_code(Client()).status_code for _ in range(4)]
    assert statuses == [302, 302, 302, 429]
    assert len(codes.sent) == 3
    assert ask_code(Client(), UNKNOWN).status_code == 302


def test_password_sign_in_works_and_counts_failures_by_number(ada: Person, codes: Mailbag) -> None:
    ada.account.set_password("four words of mine")
    ada.account.save()
    for _ in range(5):
        page = Client().post(PASSWORD, {"login": UNKNOWN, "password": "x"})
        assert page.status_code == 422
    known = Client().post(PASSWORD, {"login": PHONE, "password": "x"})
    stranger = Client().post(PASSWORD, {"login": "+8610000000888", "password": "x"})
    assert str(known.context["form"].errors) == str(stranger.context["form"].errors)
    locked = Client().post(PASSWORD, {"login": UNKNOWN, "password": "x"})
    assert "too often" in str(locked.context["form"].errors)
    client = Client()
    entered = client.post(PASSWORD, {"login": "100 0000 0001", "password": "four words of mine"})
    assert (entered.status_code, is_signed_in(client)) == (302, True)


def test_password_sign_in_verifies_a_number_never_verified(
    client: Client, ada: Person, codes: Mailbag
) -> None:
    ada.account.set_password("four words of mine")
    ada.account.phone_verified = False
    ada.account.save()
    asked = client.post(PASSWORD, {"login": PHONE, "password": "four words of mine"})
    assert asked.headers["Location"] == "/account/phone/code/"
    assert not is_signed_in(client)
    client.post("/account/phone/code/", {"code": codes.code})
    assert is_signed_in(client)
    assert Account.objects.get().phone_verified is True


def test_closed_account_stays_outside(client: Client, ada: Person, codes: Mailbag) -> None:
    Account.objects.update(is_active=False)
    ask_code(client)
    entered = client.post(CODE, {"code": codes.code})
    assert entered.headers["Location"] == "/account/closed/"
    assert client.get("/account/closed/").status_code == 200
    assert not is_signed_in(client)


def test_sign_out_needs_a_button(client: Client, ada: Person) -> None:
    client.force_login(ada.account)
    assert client.get(OUT).status_code == 200
    assert is_signed_in(client)
    client.post(OUT)
    assert not is_signed_in(client)


def test_set_password_after_a_fresh_code_needs_no_old_one(
    client: Client, ada: Person, codes: Mailbag
) -> None:
    ada.account.set_password("long forgotten words")
    ada.account.save()
    ask_code(client)
    client.post(CODE, {"code": codes.code})
    assert client.post("/account/password/", {"password": "short"}).status_code == 422
    done = client.post("/account/password/", {"password": "harbour lamp quiet seven"})
    assert done.headers["Location"] == "/account/"
    assert Account.objects.get().check_password("harbour lamp quiet seven")
    assert is_signed_in(client)
    assert Act.objects.filter(kind="people.password_set").count() == 1


def test_set_password_later_asks_who_is_there(client: Client, ada: Person) -> None:
    ada.account.set_password("four words of mine")
    ada.account.save()
    client.force_login(ada.account)
    asked = client.get("/account/password/")
    assert asked.headers["Location"] == "/account/again/?next=%2Faccount%2Fpassword%2F"
    assert client.get(asked.headers["Location"]).status_code == 200
    assert client.post("/account/again/", {"password": "wrong"}).status_code == 422
    again = client.post(asked.headers["Location"], {"password": "four words of mine"})
    assert again.headers["Location"] == "/account/password/"
    assert client.get("/account/password/").status_code == 200


def test_change_phone_needs_the_code_from_the_new_number(client: Client, ada: Person, codes: Mailbag) -> None:
    client.force_login(ada.account)
    asked = client.post("/account/phone/", {"phone": UNKNOWN})
    assert asked.headers["Location"] == "/account/phone/code/"
    assert codes.sent == [(UNKNOWN, codes.code)]
    assert client.get("/account/phone/code/").status_code == 200
    assert client.post("/account/phone/code/", {"code": "no"}).status_code == 422
    done = client.post("/account/phone/code/", {"code": codes.code})
    assert done.headers["Location"] == "/account/"
    ada.refresh_from_db()
    assert (ada.phone, ada.phone_hash) == (UNKNOWN, hash_of_phone(UNKNOWN))
    assert Act.objects.filter(kind="people.phone_changed").count() == 1


def test_change_phone_to_a_taken_number_tells_only_its_owner(
    client: Client, ada: Person, codes: Mailbag
) -> None:
    from tests.factories.people import PersonFactory
    from tests.people.conftest import give_phone

    give_phone(PersonFactory.create(), UNKNOWN)
    client.force_login(ada.account)
    assert client.post("/account/phone/", {"phone": UNKNOWN}).status_code == 302
    page = client.post("/account/phone/code/", {"code": codes.code})
    assert page.status_code == 422
    assert "Somebody else signs in with this number" in str(page.context["form"].errors)
    ada.refresh_from_db()
    assert ada.phone == PHONE


def test_sign_in_ways_shows_what_there_is(client: Client, ada: Person) -> None:
    client.force_login(ada.account)
    page = client.get("/account/")
    assert page.status_code == 200
    assert (page.context["phone"], page.context["has_password"]) == ("10000000001", False)
    assert Client().get("/account/").status_code == 302


def test_passkey_pages_keep_to_the_content_policy(client: Client, ada: Person, codes: Mailbag) -> None:
    ask_code(client)
    client.post(CODE, {"code": codes.code})
    page = client.get("/account/passkeys/add/")
    assert page.status_code == 200
    text = page.content.decode()
    assert text.count("<script") == text.count('<script type="module" src=')
    assert '"residentKey": "required"' in page.context["options"]
    fetched = Client().get("/account/login/passkey/", headers={"accept": "application/json"})
    assert fetched.json()["request_options"]["publicKey"]["userVerification"] == "required"


def test_session_keeps_no_phone_in_the_clear(client: Client, ada: Person, codes: Mailbag) -> None:
    import base64
    import zlib

    ask_code(client)
    raw = Session.objects.get().session_data
    body = raw.split(":")[0].removeprefix(".")
    plain = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    if raw.startswith("."):
        plain = zlib.decompress(plain)
    assert b"1000000" not in plain
    assert client.session["account_login"]["phone"] == PHONE


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.DEMO = True
    monkeypatch.setattr(demo_sign_ins, "_entries", {"amal": DemoSignIn("Amal", "a resident", PHONE)})


def test_demo_sign_in_is_one_tap(client: Client, ada: Person, demo: None) -> None:
    assert b"/demo/be/amal/" in client.get(SIGN_IN).content
    assert client.get("/demo/be/amal/").status_code == 405
    assert not is_signed_in(client)
    entered = client.post("/demo/be/amal/?next=/somewhere/")
    assert entered.headers["Location"] == "/somewhere/"
    assert client.session["_auth_user_id"] == str(ada.account.pk)
    assert client.post("/demo/be/nobody/").status_code == 404


def test_demo_sign_in_is_shut_outside_the_demo(
    client: Client, ada: Person, demo: None, settings: Any
) -> None:
    settings.DEMO = False
    assert b"/demo/be/" not in client.get(SIGN_IN).content
    assert client.post("/demo/be/amal/").status_code == 403
    assert not is_signed_in(client)


def test_demo_shows_the_code_and_nobody_else_does(
    client: Client, ada: Person, codes: Mailbag, demo: None, settings: Any
) -> None:
    ask_code(client)
    assert codes.code.encode() in client.get(CODE).content
    settings.DEMO = False
    assert codes.code.encode() not in client.get(CODE).content
