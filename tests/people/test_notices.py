"""The words of the messages: each is known to the channels, in both languages."""

import re

import pytest

from folkmoot.base.registries import notices
from folkmoot.people.notices import TEXTS


@pytest.mark.parametrize("name", TEXTS)
def test_notice_is_registered_with_its_words(name: str) -> None:
    assert notices[name] == TEXTS[name]


@pytest.mark.parametrize("name", TEXTS)
def test_notice_asks_for_the_same_in_subject_and_body(name: str) -> None:
    wanted = {"post", "since", "until", "household", "purpose"}
    assert set(re.findall(r"%\((\w+)\)s", "".join(map(str, TEXTS[name])))) <= wanted
