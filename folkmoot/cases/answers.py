"""The answers to the further questions of a kind, in the reader's language.

Everybody who reads a public matter sees what was chosen from the place's own list: no word of it is the reporter's.
What the reporter typed, a number and a day too, is for the reporter and those who handle the matter: a phone number
or a neighbour's name can stand in any of them, and when they were asked nobody said that they would be published.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.areas.models import in_reader_language
from folkmoot.cases.models import CategoryQuestion
from folkmoot.ui.moments import moment_text

Told = list[tuple[str, str]]
KINDS = CategoryQuestion.Datatype
LISTS = (KINDS.SINGLE, KINDS.MULTI)


def choices_of(question: CategoryQuestion) -> list[tuple[str, str]]:
    """Key and name of each answer to choose from, in the reader's language; none where the answer is typed."""
    return [
        (value["key"], in_reader_language(value.get("name", ""), value.get("name_zh", "")) or value["key"])
        for value in (question.values if question.datatype in LISTS else [])
    ]


def told_answers(
    questions: Iterable[CategoryQuestion], answers: Mapping[str, Any], *, with_typed: bool
) -> Told:
    """Question and answer in the order of the questions; what was asked once and is asked no more comes last."""
    left = dict(answers)
    told: Told = []
    for question in questions:
        if question.code in left and (with_typed or question.datatype in LISTS):
            told.append((str(question), _answer(question, left[question.code], with_typed=with_typed)))
        left.pop(question.code, None)
    if with_typed:
        told += [(_former(code), _joined(answer)) for code, answer in left.items()]
    return [(label, text) for label, text in told if text]


def _answer(question: CategoryQuestion, answer: Any, *, with_typed: bool) -> str:
    if question.datatype in LISTS:
        names = dict(choices_of(question))
        keys = answer if isinstance(answer, list) else [answer]
        return _joined([names.get(key, key) for key in keys if with_typed or key in names])
    if question.datatype == KINDS.DATETIME:
        return _moment(str(answer))
    return str(answer)


def _moment(stored: str) -> str:
    try:
        when = datetime.fromisoformat(stored)
    except ValueError:
        return stored
    return moment_text(when if timezone.is_aware(when) else timezone.make_aware(when))


def _joined(answer: Any) -> str:
    return _(", ").join(str(part) for part in answer) if isinstance(answer, list) else str(answer)


def _former(code: str) -> str:
    return _("Address of a picture, sent by another app") if code == "media_url" else code
