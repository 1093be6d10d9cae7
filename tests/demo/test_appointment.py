"""An appointment in the township, tried with the people of the demo place: it takes both overseers."""

from typing import Any

import pytest
from django.test import Client

from folkmoot.areas.services import import_areas, import_file
from folkmoot.base import clock
from folkmoot.demo.door import CAST
from folkmoot.demo.load import LOADER, PLACE
from folkmoot.journal.models import Act
from folkmoot.people.models import Appointment, Person, Post, Tenure
from folkmoot.people.phones import hash_of_phone
from folkmoot.people.queries import signers_of
from folkmoot.people.services import open_account
from tests.conftest import signed_in
from tests.people.pages import url

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo() -> None:
    """Areas, organizations and posts of the demo place, by its own importers."""
    import_areas(actor=LOADER, path=PLACE / "areas.csv", levels=PLACE / "levels.csv")
    for kind in ("organizations", "posts"):
        assert import_file(actor=LOADER, kind=kind, path=PLACE / f"{kind}.csv").faults == []


def one_of_cast(key: str) -> Person:
    number = next(phone for name, _shown, _text, phone in CAST if name == key)
    return Person.objects.get(phone_hash=hash_of_phone(number))


def as_one_of_cast(key: str) -> Any:
    person = one_of_cast(key)
    open_account(actor=LOADER, phone=person.phone)
    return signed_in(Person.objects.get(pk=person.pk), Tenure.objects.get(person=person).post)


def test_officer_of_the_demo_is_appointed_by_both_overseers(demo: None, client: Client) -> None:
    kai, qiu = as_one_of_cast("kai"), as_one_of_cast("qiu")
    officers = Post.objects.filter(role="township_officer").order_by("pk")
    assert [signers_of(post) for post in officers] == [{one_of_cast("kai").pk, one_of_cast("qiu").pk}] * 3
    post = officers[1]
    proposal = {"name": "Ren", "name_zh": "任", "phone": "+86 199 0000 9000", "since": "2099-01-01"}
    assert kai.post(url("propose_appointment", post.pk), proposal).status_code == 422
    proposed = kai.post(url("propose_appointment", post.pk), proposal | {"since": clock.today().isoformat()})
    appointment = Appointment.objects.get()
    assert proposed.headers["Location"] == url("appointment", appointment.pk)
    assert kai.post(url("confirm_appointment", appointment.pk), {"version": 0}).status_code == 403
    assert b"yours is the second word" in qiu.get(url("appointment", appointment.pk)).content
    assert qiu.post(url("confirm_appointment", appointment.pk), {"version": 0}).status_code == 302
    assert "Ren" in client.get(url("post", post.pk)).content.decode()
    assert [act.kind for act in Act.objects.filter(kind__startswith="people.appointment").order_by("pk")] == [
        "people.appointment_proposed",
        "people.appointment_confirmed",
    ]
