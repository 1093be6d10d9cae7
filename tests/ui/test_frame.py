from django.test import Client

from folkmoot.ui.navigation import add_entry


def test_page_names_its_language(client: Client) -> None:
    assert '<html lang="en">' in client.get("/components/").content.decode()
    page = client.get("/components/", headers={"Accept-Language": "zh-CN"}).content.decode()
    assert '<html lang="zh-Hans">' in page


def test_language_switch_keeps_the_language_and_goes_back(client: Client) -> None:
    answer = client.get("/language/", {"to": "zh-hans", "next": "/components/?a=1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/components/?a=1")
    assert '<html lang="zh-Hans">' in client.get("/components/").content.decode()


def test_language_switch_ignores_an_unknown_language(client: Client) -> None:
    client.get("/language/", {"to": "tlh"})
    assert '<html lang="en">' in client.get("/components/").content.decode()


def test_switch_never_leads_to_another_site(client: Client) -> None:
    for trap in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "\\\\elsewhere"):
        assert client.get("/language/", {"to": "en", "next": trap}).headers["Location"] == "/"


def test_text_size_is_kept_on_the_device_until_switched_back(client: Client) -> None:
    client.get("/text-size/", {"to": "bigger", "next": "/components/"})
    assert '<html lang="en" class="bigger">' in client.get("/components/").content.decode()
    client.get("/text-size/", {"to": "normal", "next": "/components/"})
    assert '<html lang="en">' in client.get("/components/").content.decode()


def test_page_offers_the_other_language_by_a_plain_link(client: Client) -> None:
    page = client.get("/components/", {"a": "1"}).content.decode()
    assert (
        '<a href="/language/?to=zh-hans&amp;next=%2Fcomponents%2F%3Fa%3D1" hreflang="zh-Hans"'
        ' lang="zh-Hans" rel="nofollow">简体中文</a>'
    ) in page


def test_visitor_may_sign_in_and_come_back(client: Client) -> None:
    page = client.get("/components/").content.decode()
    assert 'href="/account/login/?next=%2Fcomponents%2F"' in page
    assert "Sign out" not in page


def test_page_names_the_emergency_numbers(client: Client) -> None:
    page = client.get("/components/").content.decode()
    assert [f'href="tel:{number}"' in page for number in (110, 119, 120)] == [True, True, True]


def test_page_has_a_policy_without_inline_code(client: Client) -> None:
    policy = client.get("/components/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy


def test_signed_in_person_finds_her_own_links_and_the_way_out(as_amal: Client) -> None:
    add_entry("work", "My work", "ui:components", "ui.view_components", 1, where="mine")
    page = as_amal.get("/components/").content.decode()
    assert '<li><a href="/components/">My work</a></li>' in page
    assert (
        '<form method="post" action="/account/logout/"><input type="hidden" name="csrfmiddlewaretoken"'
        in page
    )
    assert "Sign in" not in page


def test_visitor_sees_nobodys_own_links(client: Client) -> None:
    add_entry("work", "My work", "ui:components", "ui.view_components", 1, where="mine")
    assert "My work" not in client.get("/components/").content.decode()
