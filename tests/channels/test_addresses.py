"""An e-mail address counts once its reader has followed the link."""

import re
from typing import Any

from django.test import Client

from tests.channels.conftest import MailServer
from tests.factories.island import Island


def test_confirm_address_only_by_the_link_that_was_sent(
    as_amal: Client, as_dou: Client, island: Island, mail: MailServer
) -> None:
    answer = as_amal.post("/messages/address/", {"address": "amal@example.org"})
    assert "amal@example.org" in answer.content.decode()
    island.amal.refresh_from_db()
    assert island.amal.email == ""
    [(_, letter)] = mail.received
    link = re.search(r"/messages/address/\S+", str(letter.get_content()))
    assert link is not None
    assert as_dou.get(link[0]).status_code == 404
    assert as_amal.get(link[0]).status_code == 200
    assert as_amal.post(link[0]).status_code == 302
    island.amal.refresh_from_db()
    assert island.amal.email == "amal@example.org"
    as_amal.post("/messages/address/none/")
    island.amal.refresh_from_db()
    assert island.amal.email == ""


def test_confirm_address_refuses_a_changed_link(as_amal: Client, island: Island) -> None:
    assert as_amal.get("/messages/address/WzEsICJhQGIuY2QiXQ:1:x/").status_code == 404


def test_offer_address_without_mail_server_says_so(as_amal: Client, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    answer = as_amal.post("/messages/address/", {"address": "amal@example.org"})
    assert answer.status_code == 422
    assert "This place sends no e-mail yet." in answer.content.decode()
