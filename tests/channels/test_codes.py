"""Sign-in codes: at once, never kept in a row, shown in the demo alone."""

import logging

import pytest

from folkmoot.base.errors import Refused
from folkmoot.base.registries import deliver
from folkmoot.channels.models import Delivery, Message
from folkmoot.channels.providers import console
from folkmoot.channels.providers.console import last_code_for

PHONE = "+8613800000001"


@pytest.fixture(autouse=True)
def _forget() -> None:
    console._last.clear()


def send(code: str = "314159", phone: str = PHONE) -> None:
    deliver["code"](phone=phone, code=code, language="en")


def test_code_goes_to_the_console(settings, caplog, db: None) -> None:
    settings.CODE_PROVIDER, settings.DEMO = "console", True
    caplog.set_level(logging.INFO, "folkmoot.codes")
    send()
    assert caplog.messages == ["code for the phone that ends in 0001 (en): 314159"]
    assert PHONE not in caplog.text
    assert (Message.objects.count(), Delivery.objects.count()) == (0, 0)


def test_demo_shows_the_newest_code(settings) -> None:
    settings.CODE_PROVIDER, settings.DEMO = "console", True
    send("111111")
    send("222222")
    assert (last_code_for(PHONE), last_code_for("+8613800000002")) == ("222222", None)


def test_code_is_not_shown_outside_of_the_demo(settings) -> None:
    settings.CODE_PROVIDER, settings.DEMO = "console", False
    send()
    settings.DEMO = True
    assert last_code_for(PHONE) is None
    send()
    settings.DEMO = False
    assert last_code_for(PHONE) is None


def test_demo_keeps_few_codes(settings) -> None:
    settings.CODE_PROVIDER, settings.DEMO = "console", True
    for number in range(console.KEPT + 5):
        send(phone=f"+86138{number:08}")
    assert len(console._last) == console.KEPT
    assert last_code_for("+8613800000004") is None


@pytest.mark.parametrize("provider", ["none", "pigeon", ""])
def test_code_without_a_carrier_is_refused(settings, provider: str) -> None:
    settings.CODE_PROVIDER = provider
    with pytest.raises(Refused, match="Please sign in with a password or a passkey"):
        send()
