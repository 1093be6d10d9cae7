"""The words by which an area is found, in both languages.

Latin text is cut at spaces and signs; Chinese has no spaces, so a run of Han characters gives its pairs:
`灯塔巷12号` -> `灯塔`, `塔巷`, `12`, `号`.
"""

import re
import unicodedata
from functools import lru_cache

MAX_WORD_LENGTH = 40
# A word that more areas bear than this tells none of them apart: the import stops noting it, the search skips it.
MAX_AREAS_OF_WORD = 2_000
HAN = "\u3400-\u9fff\uf900-\ufaff"
_runs = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")


def folded(text: str) -> str:
    """The text without differences of case and width."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def words_of(text: str) -> list[str]:
    """The words of a text, each once, in order of appearance."""
    found: dict[str, None] = {}
    for run in _runs.findall(folded(text)):
        if is_han(run) and len(run) > 1:
            found.update(dict.fromkeys([run[i : i + 2] for i in range(len(run) - 1)]))
        else:
            found[run[:MAX_WORD_LENGTH]] = None
    return list(found)


def is_han(word: str) -> bool:
    return word[0] >= "\u3400" and (word[0] <= "\u9fff" or "\uf900" <= word[0] <= "\ufaff")


@lru_cache(maxsize=8_192)  # "Unit 3" stands under every grid
def search_words(text: str, common: frozenset[str]) -> tuple[str, ...]:
    """The words by which an area with this text is found.

    Left out are bare numbers and the `common` words, such as "unit": nearly every area bears them, so they
    find none.
    """
    return tuple(word for word in words_of(text) if not (word.isdigit() or word in common))
