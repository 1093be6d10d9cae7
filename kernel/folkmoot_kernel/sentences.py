"""Verdicts and reasons as data: a key with its facts, said in English or in Simplified Chinese.

    >>> verdict = sentence("quorum.persons.holds", counted=34, whole=50)
    >>> verdict.said("en")
    '34 of 50 due were present: quorum.'
    >>> verdict.said("zh-Hans")
    '应到50人，实到34人：达到法定人数。'

Two verifiers agree when their sentences are equal, whatever language they are read in. The words are in
`wordings`.
"""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from folkmoot_kernel.errors import MalformedSentence
from folkmoot_kernel.wordings import WORDINGS

LANGUAGES = ("en", "zh-Hans")


@dataclass(frozen=True, slots=True)
class Name:
    """What somebody else has named, such as a stratum or an option, in the languages in which it has a name.

    Shapes: (language, name), sorted by language.
    """

    words: tuple[tuple[str, str], ...]

    def said(self, language: str) -> str:
        """Give the name in a language, else in the first that there is."""
        words = {known.lower(): name for known, name in self.words}
        return words.get(language.lower(), self.words[0][1])


def name_of(words: Mapping[str, str]) -> Name:
    return Name(tuple(sorted(words.items())))


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, or a part of one, before it is said.

    Shapes: `facts` are (what, fact), sorted: numbers, names, and parts of sentences.
    """

    key: str
    facts: tuple[tuple[str, "Fact"], ...] = ()

    def said(self, language: str) -> str:
        """Say it in "en" or "zh-Hans"; capitals do not matter. Raises: MalformedSentence."""
        tag = language.lower()
        if tag not in {known.lower() for known in LANGUAGES}:
            raise MalformedSentence(key=self.key, reason=f"its language {language!r} is not spoken here")
        wording, facts = WORDINGS[self.key], dict(self.facts)
        english = wording.en_one if wording.en_one and facts.get("counted") == 1 else wording.en
        text = english if tag == "en" else wording.zh
        return text.format(**{what: _said(fact, tag) for what, fact in facts.items()})

    def __str__(self) -> str:
        return self.said("en")


Fact: TypeAlias = "int | str | Name | tuple[Name, ...] | Sentence"


def sentence(key: str, **facts: Fact) -> Sentence:
    """Make a sentence of `wordings` with exactly the facts that it tells. Raises: MalformedSentence."""
    if key not in WORDINGS:
        raise MalformedSentence(key=key, reason="it has no words")
    if set(facts) != told_facts(key):
        raise MalformedSentence(key=key, reason=f"it tells {sorted(told_facts(key))} and not {sorted(facts)}")
    return Sentence(key, tuple(sorted(facts.items())))


@cache
def told_facts(key: str) -> frozenset[str]:
    """Name the facts that a sentence tells, in whichever language."""
    wording = WORDINGS[key]
    texts = (wording.en, wording.zh, wording.en_one)
    return frozenset(what for text in texts for _, what, _, _ in string.Formatter().parse(text) if what)


def _said(fact: Fact, tag: str) -> str:
    if isinstance(fact, tuple):
        return (", " if tag == "en" else "、").join(name.said(tag) for name in fact)
    return fact.said(tag) if isinstance(fact, Name | Sentence) else str(fact)
