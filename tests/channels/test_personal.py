"""What a person takes with her, and what is gone afterwards."""

import pytest
from django.utils.translation import override

from folkmoot.base.registries import personal_data
from folkmoot.channels.models import Delivery, Message, Preference
from folkmoot.people.models import Person
from tests.channels.conftest import reader, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_server")]


def test_export_holds_messages_and_preferences(amal: Person, at) -> None:
    at("2026-11-20 09:00")
    tell(amal, reader("dou"))
    Preference.objects.create(person=amal, mail="digest")
    assert personal_data["channels"].export(amal.pk) == {
        "messages": [
            {
                "at": "2026-11-20T01:00:00+00:00",
                "subject": "The lamp at Pier Road",
                "text": "It is mended: new bulb.",
                "read_at": None,
            }
        ],
        "message_preferences": {
            "mail": "digest", "quiet_from_hour": 21, "quiet_until_hour": 7, "digest_hour": 18,
        },
    }  # fmt: skip


def test_export_of_nothing(amal: Person) -> None:
    assert personal_data["channels"].export(amal.pk) == {"messages": [], "message_preferences": None}


def test_erase_leaves_nothing_of_her(amal: Person) -> None:
    dou = reader("dou")
    tell(amal, dou)
    tell(amal)
    Preference.objects.create(person=amal)
    with override("en"):
        assert personal_data["channels"].erase(amal.pk) == [
            ("messages to you", "erased", 2),
            ("how you hear from us", "erased", 1),
        ]
    assert [message.person for message in Message.objects.all()] == [dou]
    assert [delivery.message.person for delivery in Delivery.objects.all()] == [dou]
    assert Preference.objects.count() == 0
