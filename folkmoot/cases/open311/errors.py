"""The standard's own errors: `<errors><error><code/><description/></error></errors>` and the same in JSON.

What the door itself finds wrong with the arguments is BadArguments; everything else reaches `answer_trouble`
through ui.errors: refusals, unknown addresses, bodies that nobody can read, other methods, faults of ours.
"""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from folkmoot.base.errors import Refused, Sentence
from folkmoot.cases.open311.render import CONTENT_TYPES, JSON, XML, Value, render
from folkmoot.ui import troubles
from folkmoot.ui.troubles import Trouble

# "404 for resources that don't exist, 403 for errors because of wrong or missing api_key and basically 400 for any
# other error": so says the standard, for a server that is busy too. 500 stays for a fault that nobody foresaw.
KEPT_STATUS = {403, 404, 405, 429, 500}
NO_ADDRESS = _("There is nothing under this address. Addresses end in .xml or .json.")
NO_METHOD = _("This address cannot be asked in this way. The header Allow names the ways.")
UNREADABLE = _("We could not read what was sent. Nothing was stored.")


class BadArguments(Refused):
    """Arguments are missing or cannot be read: one sentence each, beginning with the argument's name."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self.sentences = sentences
        super().__init__(" ".join(str(sentence) for sentence in sentences))


def error_answer(form: str, status: int, sentences: Sequence[Sentence]) -> HttpResponse:
    """One error for each sentence."""
    body: Value = [{"code": status, "description": str(sentence)} for sentence in sentences]
    return HttpResponse(render("errors", body, form), content_type=CONTENT_TYPES[form], status=status)


def answer_trouble(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """Any trouble under the path of this door. Registered in base.registries.error_forms."""
    form = JSON if request.path.endswith(".json") else XML
    status = trouble.status if trouble.status in KEPT_STATUS else 400
    return error_answer(form, status, [_sentence(trouble)])


def _sentence(trouble: Trouble) -> Sentence:
    """The pages' words speak of browsers and forms; an app is told otherwise."""
    if trouble is troubles.NOT_FOUND:
        return NO_ADDRESS
    if trouble is troubles.WRONG_WAY:
        return NO_METHOD
    return UNREADABLE if trouble is troubles.NOT_UNDERSTOOD else trouble.sentence
