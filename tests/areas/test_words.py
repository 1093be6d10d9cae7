"""Words by which an area is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.areas.words import MAX_WORD_LENGTH, search_words, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Harbour Lane 12", ["harbour", "lane", "12"]),
        ("灯塔巷12号", ["灯塔", "塔巷", "12", "号"]),
        ("North Cove 北湾村", ["north", "cove", "北湾", "湾村"]),
        ("ＨＡＲＢＯＵＲ, harbour", ["harbour"]),
        ("U-111/b", ["u", "111", "b"]),
        ("", []),
        ("...", []),
    ],
)
def test_words_of_text_in_both_languages(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@given(st.text(max_size=200))
def test_words_of_any_text_are_short_and_each_once(text: str) -> None:
    words = words_of(text)
    assert len(words) == len(set(words))
    assert all(0 < len(word) <= MAX_WORD_LENGTH for word in words)


def test_search_words_leave_out_what_every_area_bears() -> None:
    assert search_words("Unit B7 of 12 7单元", frozenset({"unit", "单元"})) == ("b7", "of")
