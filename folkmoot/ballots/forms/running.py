"""A poll that runs: what its acts ask beside a yes."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from folkmoot_kernel.scales import STV

from folkmoot.ballots.forms.setting_up import NUMBER, PLAIN, seen_field
from folkmoot.ballots.models import Poll, Stratum
from folkmoot.base.errors import Refused
from folkmoot.people.phones import normal_phone

MAX_KEYS_BYTES = 200_000


class PollActForm(forms.Form):
    """Any act on a poll: carries the version that was on the page, so that the slower of two is told."""

    seen = seen_field()

    def __init__(self, *args: Any, poll: Poll, **kwargs: Any) -> None:
        self.poll = poll
        kwargs["initial"] = {"seen": poll.version, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)


class DeclareBrokenForm(PollActForm):
    reason = forms.CharField(
        label=_("Why does this vote not count?"), max_length=300, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody reads it, and it stays in the public log for ever."),
        error_messages={"required": _("Please write the reason.")},
    )  # fmt: skip


class DropPollForm(PollActForm):
    reason = forms.CharField(
        label=_("Why is this vote dropped?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Please write the reason.")},
    )  # fmt: skip


class PublishOpeningsForm(PollActForm):
    """With a teller of its own, the poll needs the keys that she holds."""

    keys = forms.FileField(
        label=_("The file of keys that the teller holds"),
        error_messages={"required": _("Please bring the file of keys."), "empty": _("This file is empty.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.poll.teller:
            del self.fields["keys"]

    def clean_keys(self) -> dict[str, str]:
        file = self.cleaned_data["keys"]
        try:
            keys = json.loads(file.read()) if file.size <= MAX_KEYS_BYTES else None
        except ValueError:
            keys = None
        if not isinstance(keys, dict) or not all(isinstance(value, str) for value in keys.values()):
            raise ValidationError(_("This is not the file of keys that was handed over."))
        return keys


class PublishResultForm(PollActForm):
    """Only a transferable vote may need a lot."""

    seed = forms.CharField(
        label=_("The seed that was drawn in public"), max_length=200, required=False, widget=forms.TextInput(PLAIN),
        help_text=_("Only if a lot has to decide. Draw it in front of everybody after the close."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if all(paper.scale != STV for paper in self.poll.papers.all()):
            del self.fields["seed"]


class ObserverPhone(forms.CharField):
    widget = forms.TextInput({"type": "tel", "inputmode": "tel", "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        """E.164 of what was typed."""
        try:
            return normal_phone(super().clean(value))
        except Refused as refusal:
            raise ValidationError(str(refusal)) from None


class BeginAuditForm(PollActForm):
    """The two observers, by the phones with which they sign in."""

    first = ObserverPhone(
        label=_("Phone of the first observer"), max_length=30,
        help_text=_("The one with which she or he signs in here."),
        error_messages={"required": _("Please type a phone number.")},
    )  # fmt: skip
    second = ObserverPhone(
        label=_("Phone of the second observer"), max_length=30,
        error_messages={"required": _("Please type a phone number.")},
    )  # fmt: skip


class DrawSampleForm(PollActForm):
    """The number thrown in public, after the checkpoint that is shown."""

    number = forms.RegexField(
        r"^[0-9]+\Z", label=_("The number that was thrown"), min_length=6, max_length=40,
        widget=forms.TextInput(NUMBER),
        error_messages={
            "required": _("Please write the number."), "invalid": _("Please write digits only."),
            "min_length": _("Please throw at least six times."),
        },
    )  # fmt: skip


class ReturnSlipsForm(forms.Form):
    stratum = forms.ModelChoiceField(
        queryset=Stratum.objects.none(), label=_("Slips of which group?"), empty_label=None
    )
    slips = forms.CharField(
        label=_("The codes of the unused slips, one on each line"), max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 8, **PLAIN}),
        help_text=_("Type or scan them. The box refuses them from now on."),
        error_messages={"required": _("Please write at least one code.")},
    )  # fmt: skip

    def __init__(self, *args: Any, poll: Poll, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        printed = poll.strata.filter(slip_batch__isnull=False)
        self.fields["stratum"].queryset = printed  # type: ignore[attr-defined]

    def clean_slips(self) -> list[str]:
        return [line for line in self.cleaned_data["slips"].splitlines() if line.strip()]
