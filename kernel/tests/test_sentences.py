import re
import string

import pytest
from folkmoot_kernel.errors import MalformedSentence
from folkmoot_kernel.sentences import Name, name_of, sentence, told_facts
from folkmoot_kernel.wordings import WORDINGS

HAN = re.compile(r"[\u4e00-\u9fff]")


def told(text):
    return {what for _, what, _, _ in string.Formatter().parse(text) if what}


@pytest.mark.parametrize("key", sorted(WORDINGS))
def test_wording_exists_in_both_languages(key):
    wording = WORDINGS[key]
    assert not HAN.search(wording.en + wording.en_one)
    assert HAN.search(wording.zh)
    assert wording.en.endswith(".") == wording.zh.endswith("。")
    if wording.en_one:
        assert told(wording.en_one) == told(wording.en)


@pytest.mark.parametrize("key", sorted(WORDINGS))
def test_sentence_says_every_fact_that_its_wording_names(key):
    said = sentence(key, **{what: f"<{what}>" for what in told_facts(key)})
    assert set(re.findall("<([a-z_]+)>", said.said("en") + said.said("zh-Hans"))) == told_facts(key)


def test_sentence_gives_names_in_the_readers_language():
    good, bad = name_of({"zh-Hans": "好", "en": "Good"}), name_of({"en": "Poor"})
    said = sentence("tally.tie", tied=(good, bad), votes=3, left=1)
    assert said.said("en").startswith("A tie: Good, Poor have 3 each")
    assert said.said("ZH-hans") == "票数相同：好、Poor各得3票，剩余1席，未能分出先后。"
    assert good == Name((("en", "Good"), ("zh-Hans", "好")))


def test_sentence_refuses_unknown_keys_facts_and_languages():
    with pytest.raises(MalformedSentence):
        sentence("tally.maybe")
    with pytest.raises(MalformedSentence):
        sentence("tally.empty", n=3)
    with pytest.raises(MalformedSentence):
        sentence("tally.alike", n=3)
    with pytest.raises(MalformedSentence):
        sentence("tally.empty").said("fr")


def test_equal_sentences_are_equal_in_whatever_order_their_facts_come():
    one = sentence("share.more.part", numerator=3, denominator=5)
    other = sentence("share.more.part", denominator=5, numerator=3)
    assert (one, hash(one)) == (other, hash(other))
