"""Every address has a door, and every address is tried by everybody."""

from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from folkmoot.base.actors import VISITOR, Actor
from folkmoot.base.permissions import may_try, permission_names
from folkmoot.people.actors import actor_for
from folkmoot.people.models import Person, Post
from tests.architecture.addresses import Address, addresses
from tests.architecture.samples import Samples
from tests.conftest import signed_in
from tests.factories.island import Island

ROLES: dict[str, tuple[str, str]] = {
    "visitor": ("", ""),
    "resident": ("amal", ""),
    "stranger": ("dou", ""),
    "unit chief": ("hua", "unit_chief"),
    "grid chief": ("guo", "grid_chief"),
    "secretary": ("bei", "secretary"),
    "township officer": ("chen", "officer"),
    "head of department": ("jin", "water_head"),
    "overseer": ("kai", "overseer"),
    "operator": ("operator", ""),
}
REFUSED = 403
SIGN_IN = 401  # to somebody who sends a form; a reader is led to the sign-in page


def test_every_address_has_a_door() -> None:
    open_ones = [address.route for address in addresses() if address.door not in permission_names()]
    assert open_ones == []


def test_every_address_has_a_name_of_its_own() -> None:
    names = [address.name for address in addresses()]
    assert sorted(name for name in names if names.count(name) > 1 or not name or name.endswith(":")) == []


def test_every_address_can_be_tried(island: Island) -> None:
    """An address with parameters needs a row of samples.py to stand in it."""
    samples = Samples(island)
    lacking = [f"{address.name} {address.parameters}" for address in addresses() if not samples.of(address)]
    assert lacking == []


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_as_its_door_says(island: Island, role: str) -> None:
    """Read, and sent an empty form: never a fault, and nothing at all behind a closed door."""
    assert wrong_answers(island, role) == ""


def wrong_answers(island: Island, role: str) -> str:
    """A line for each answer against the rule; whatever an answer changed is taken back."""
    person, post = (getattr(island, name) if name else None for name in ROLES[role])
    samples = Samples(island)
    client, actor = client_and_actor(person, post)
    cookies, wrong = dict(client.cookies), []
    paths = [
        (address, reverse(address.name, kwargs=parameters))
        for address in addresses()
        for parameters in samples.of(address)
    ]
    for (address, path), ask in product(paths, (client.get, client.post)):
        client.cookies.clear()
        client.cookies.update(cookies)
        with transaction.atomic():
            response = ask(path)
            if response.streaming:
                list(response.streaming_content)  # to its end, so that the file behind it is closed
            transaction.set_rollback(True)
        if told := complaint(address, actor, response):
            wrong.append(f"{path} {told}")
    return "\n".join(wrong)


def client_and_actor(person: Person | None, post: Post | None) -> tuple[Client, Actor]:
    if person is None:
        return Client(raise_request_exception=False), VISITOR
    client = signed_in(person, post)
    client.raise_request_exception = False
    return client, actor_for(person.account, post.pk if post else None)


def complaint(address: Address, actor: Actor, response: Any) -> str:
    """What is wrong with an answer; empty when nothing is."""
    status, method = response.status_code, response.request["REQUEST_METHOD"]
    if status >= 500:
        _, error, _ = getattr(response, "exc_info", None) or (None, "", None)
        return f"{method} {status} {error!r}"
    if may_try(actor, address.door):
        return ""
    if actor.is_signed_in:
        return "" if status == REFUSED else f"{method} {status} behind a closed door"
    leads_to_sign_in = status == 302 and response.url.startswith(reverse("account_login"))
    return "" if leads_to_sign_in or status in {SIGN_IN, REFUSED} else f"{method} {status} to a visitor"
