"""How forms look: label, hint, what is wrong, then the field, with targets that a thumb can hit.

`FORM_RENDERER` names `Renderer`; widget templates in `templates/ui/forms/django/...` go before Django's own.
"""

from pathlib import Path
from typing import Any

import django.forms
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.template.backends.django import DjangoTemplates as Engine
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from folkmoot.base.errors import Refused, Sentence

OURS = Path(__file__).resolve().parent / "templates" / "ui" / "forms"
DJANGO = Path(django.forms.__file__).resolve().parent / "templates"


class Renderer(DjangoTemplates):
    form_template_name = "ui/forms/form.html"
    formset_template_name = "django/forms/formsets/div.html"
    field_template_name = "ui/forms/field.html"

    @cached_property
    def engine(self) -> Any:
        return Engine({"APP_DIRS": True, "DIRS": [OURS, DJANGO], "NAME": "folkmoot-forms", "OPTIONS": {}})


class Choice:
    """The label of one radio or checkbox with a hint under it. In a select only the label is shown."""

    def __init__(self, label: Sentence, hint: Sentence = "") -> None:
        self.label = label
        self.hint = hint

    def __str__(self) -> str:
        return str(self.label)


def seen_version(request: HttpRequest) -> int:
    """The version of the row that was on the page, from the hidden field `version`. Raises Refused."""
    typed = request.POST.get("version", "")
    if not typed.isascii() or not typed.isdigit() or len(typed) > 9:
        raise Refused(
            _("A hidden part of this page was lost. Please read it once more and press the button again.")
        )
    return int(typed)
