"""The words of every notice, registered by the app that sends it (base.registries.notices).

    register_notice("case.received", _("We have your report %(number)s"), _("Thank you. ..."))

A message stores the notice's name and its parameters; words are made when somebody reads them, in her language of
that day. A parameter may be a string, a number, a moment or day, a pair of an English and a Chinese text, or
anything whose `str()` follows the language (a post, an area, a lazy text): see `stored`.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from folkmoot.areas.models import in_reader_language
from folkmoot.base.errors import Sentence
from folkmoot.base.registries import notices

log = logging.getLogger("folkmoot.channels")


@dataclass(frozen=True)
class Text:
    """The words of one message, in one language."""

    subject: str
    body: str


def register_notice(name: str, subject_template: Sentence, body_template: Sentence) -> None:
    """Makes a kind of message known. Raises ValueError if `name` is taken."""
    notices.register(name, (subject_template, body_template))


def stored(notice: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as JSON keeps them. Raises KeyError for an unknown notice, ValueError for a missing one."""
    if missing := parameters_of(notice) - params.keys():
        raise ValueError(f"notice {notice} needs {', '.join(sorted(missing))}")
    return {name: stored_value(value) for name, value in params.items()}


def parameters_of(notice: str) -> set[str]:
    """The names that the templates of a notice use."""
    return set(re.findall(r"%\((\w+)\)", "".join(map(str, notices[notice]))))


def stored_value(value: Any) -> Any:
    match value:
        case str() | int() | float():
            return value
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case [str() as english, str() as chinese]:
            return {"en": english, "zh-hans": chinese}
    texts = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            texts[code] = str(value)
    return texts


def text_of(notice: str, params: Mapping[str, Any]) -> Text:
    """Subject and body in the active language. A notice that no app knows any more still has words."""
    if notice not in notices:
        log.error("notice %s is not registered", notice)
        return Text(_("A message"), _("The words of this message are no longer known."))
    words = Words({name: words_of(value) for name, value in params.items()})
    subject, body = (str(template) % words for template in notices[notice])
    return Text(" ".join(subject.split()), body)


class Words(dict[str, str]):
    """Parameters of a message that was stored before its template wanted more."""

    def __missing__(self, name: str) -> str:
        return "…"


def words_of(value: Any) -> str:
    """One parameter as its reader says it."""
    match value:
        case {"moment": moment}:
            # Translators: Django date format of a moment in a letter: it may be read on another day
            pattern = pgettext("date format", "l j F Y H:i")
            return format_date(timezone.localtime(datetime.fromisoformat(moment)), pattern)
        case {"day": day}:
            # Translators: Django date format of a day in a letter
            return format_date(date.fromisoformat(day), pgettext("date format", "l j F Y"))
        case {"en": english, "zh-hans": chinese}:
            return in_reader_language(english, chinese)
        case dict():
            return str(value.get(get_language()) or next(iter(value.values()), ""))
    return str(value)
