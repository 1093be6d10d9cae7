"""Two registrars of a poll: who the second one is, and the files that people hand over."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from folkmoot.areas.models import Area
from folkmoot.ballots.forms.running import PollActForm
from folkmoot.ballots.forms.setting_up import PLAIN
from folkmoot.ballots.handover import MAX_BYTES

HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?")


class NameSecondForm(PollActForm):
    host = forms.CharField(
        label=_("Address of the second registrar"), max_length=200, widget=forms.TextInput(PLAIN),
        help_text=_("As in a browser, such as committee.example. It is a place of its own, run by others."),
        error_messages={"required": _("Please write the address.")},
    )  # fmt: skip

    def clean_host(self) -> str:
        typed = self.cleaned_data["host"].strip().lower()
        host = urlsplit(typed if "://" in typed else f"//{typed}").netloc
        if not HOST.fullmatch(host):
            raise ValidationError(_("Please write the address like committee.example."))
        return host


class HandedFileField(forms.FileField):
    """A file that the other registrar made, as bytes."""

    def __init__(self, **said: Any) -> None:
        errors = {"required": _("Please choose the file."), "empty": _("This file is empty.")}
        super().__init__(error_messages=errors, **said)

    def clean(self, data: Any, initial: Any = None) -> bytes:
        file = super().clean(data, initial)
        if file.size > MAX_BYTES:
            raise ValidationError(_("This file is too big to be the one that was made for you."))
        content: bytes = file.read()
        return content


class HandedForm(PollActForm):
    file = HandedFileField(label=_("The file that you were handed"))


class AgreeForm(forms.Form):
    area = forms.ModelChoiceField(
        queryset=Area.objects.none(), label=_("For which place?"), empty_label=None,
        help_text=_("Whoever leads this place fills the roll and gives out the codes."),
    )  # fmt: skip
    file = HandedFileField(label=_("The set-up that the organiser handed to you"))

    def __init__(self, *args: Any, areas: QuerySet[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]
