"""Words are made when somebody reads, in her language."""

from datetime import UTC, date, datetime

import pytest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from folkmoot.channels.notices_text import Text, register_notice, stored, text_of
from folkmoot.people.models import Post
from tests.channels.conftest import NOTICE


def both(notice: str, params: dict[str, object]) -> list[str]:
    bodies = []
    for language in ("en", "zh-hans"):
        with override(language):
            bodies.append(text_of(notice, params).body)
    return bodies


def test_text_of_fills_the_template() -> None:
    params = stored(NOTICE, {"place": "Pier Road", "what": 3})
    assert text_of(NOTICE, params) == Text("The lamp at Pier Road", "It is mended: 3.")


def test_text_of_follows_the_language() -> None:
    assert both("test.words", {}) == ["document", "文件"]


@pytest.mark.parametrize(
    ("value", "kept", "words"),
    [
        ("bulb", "bulb", ["bulb", "bulb"]),
        (41234, 41234, ["41234", "41234"]),
        (["Roads", "道路"], {"en": "Roads", "zh-hans": "道路"}, ["Roads", "道路"]),
        (["Roads", ""], {"en": "Roads", "zh-hans": ""}, ["Roads", "Roads"]),
        (_("photo"), {"en": "photo", "zh-hans": "照片"}, ["photo", "照片"]),
        (
            Post(title="Unit chief", title_zh="单元长"),
            {"en": "Unit chief", "zh-hans": "单元长"},
            ["Unit chief", "单元长"],
        ),
        (
            datetime(2026, 11, 26, 10, 0, tzinfo=UTC),
            {"moment": "2026-11-26T10:00:00+00:00"},
            ["Thursday 26 November 2026 18:00", "2026年11月26日星期四 18:00"],
        ),
        (date(2026, 11, 26), {"day": "2026-11-26"}, ["Thursday 26 November 2026", "2026年11月26日星期四"]),
    ],
)
def test_parameter_is_said_as_the_reader_says_it(value: object, kept: object, words: list[str]) -> None:
    params = stored(NOTICE, {"place": "", "what": value})
    assert params["what"] == kept
    assert both(NOTICE, params) == [f"It is mended: {each}." for each in words]


def test_subject_is_one_line() -> None:
    assert (
        text_of(NOTICE, {"place": "Pier\r\nBcc: dou@example.org"}).subject
        == "The lamp at Pier Bcc: dou@example.org"
    )


def test_missing_parameter_is_refused_when_written() -> None:
    with pytest.raises(ValueError, match="needs place"):
        stored(NOTICE, {"what": "bulb"})


def test_unknown_notice_is_refused_when_written() -> None:
    with pytest.raises(KeyError):
        stored("test.nothing", {})


def test_old_message_without_a_new_parameter_still_reads() -> None:
    assert text_of(NOTICE, {"place": "Pier Road"}).body == "It is mended: …."


def test_message_of_a_forgotten_notice_still_reads() -> None:
    assert text_of("gone.app", {"a": 1}).subject == "A message"


def test_notice_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        register_notice(NOTICE, "", "")
