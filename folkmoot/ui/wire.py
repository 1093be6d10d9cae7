"""What every operation of the API speaks: texts in both languages, moments with their zone, and problems.

An answer holds both languages at once, so that it is the same for every reader; only the sentences of a problem
are in the reader's own.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from ninja import Field, Schema

from folkmoot.base.errors import Refused, Sentence

Said = TypeVar("Said")
LANGUAGES = {"en": "en", "zh": "zh-hans"}


class Names(Schema):
    """A text in English and in Simplified Chinese. Where only one was written, it stands in both."""

    en: str
    zh: str


def in_both(say: Callable[[], Said]) -> dict[str, Said]:
    """What `say` gives under each language, by `en` and `zh`."""
    said: dict[str, Said] = {}
    for name, language in LANGUAGES.items():
        with override(language):
            said[name] = say()
    return said


def both(text: object) -> Names:
    """A row, a lazy sentence, or what a function says, as readers of each language see it."""
    return Names(**in_both(lambda: str(text() if callable(text) else text)))


def moment(when: datetime) -> datetime:
    """A moment in the zone of the place: it is sent as RFC 3339 with that offset."""
    return timezone.localtime(when)


def address_of(view: str, *parameters: Any) -> str:
    """The full address of a page of ours."""
    return f"{settings.ORIGIN}{reverse(view, args=parameters)}"


class Fault(Schema):
    """One thing that is wrong with a request. Source: RFC 9457 section 3, example with `errors`."""

    where: str = Field(alias="in", description="body, query or path")
    pointer: str = Field(description="JSON pointer (RFC 6901) to it, as a fragment: #/text")
    detail: str


class Problem(Schema):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[Fault] = []


class Faulty(Refused):
    """A request that does not fit, with all that is wrong in it at once."""

    sentence = _("Some of what was sent does not fit. Nothing was stored.")

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__()
        self.faults = faults


def fault(where: str, steps: Iterable[str | int], sentence: Sentence) -> Fault:
    """Shapes: `steps` lead from the whole to the part: ["answers", "lamp"]."""
    escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
    return Fault(
        **{"in": where}, pointer="".join(["#", *(f"/{step}" for step in escaped)]), detail=str(sentence)
    )


_SENTENCES: dict[str, Sentence] = {
    "missing": _("This is missing."),
    "extra_forbidden": _("Nothing is known here by this name."),
    "string_type": _("This must be a text."),
    "string_too_long": _("This text is too long: at most %(max_length)s characters fit."),
    "string_too_short": _("This text is too short: at least %(min_length)s characters are needed."),
    "int_type": _("This must be a whole number."),
    "int_parsing": _("This must be a whole number."),
    "int_parsing_size": _("This must be a whole number."),
    "int_from_float": _("This must be a whole number."),
    "float_type": _("This must be a number."),
    "float_parsing": _("This must be a number."),
    "finite_number": _("This must be a number."),
    "greater_than_equal": _("This must be %(ge)s or more."),
    "less_than_equal": _("This must be %(le)s or less."),
    "bool_type": _("This must be true or false."),
    "bool_parsing": _("This must be true or false."),
    "uuid_type": _("This must be a UUID."),
    "uuid_parsing": _("This must be a UUID."),
    "enum": _("Only these fit: %(expected)s."),
    "literal_error": _("Only these fit: %(expected)s."),
    "list_type": _("This must be a list."),
    "dict_type": _("This must be an object with names and values."),
    "model_attributes_type": _("This must be an object with names and values."),
}
_OTHER: Sentence = _("This does not fit here.")


def sentence_of(kind: str, numbers: Mapping[str, Any]) -> str:
    """What pydantic found wrong, in plain words of the reader's language."""
    return str(_SENTENCES.get(kind, _OTHER)) % {name: str(value) for name, value in numbers.items()}
