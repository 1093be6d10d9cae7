"""What the overseer types about witnesses."""

from django import forms
from django.utils.translation import gettext_lazy as _


class WitnessLogForm(forms.Form):
    """A log of somebody else, by its key."""

    name = forms.CharField(
        label=_("Whose log it is"), max_length=120, help_text=_("Such as: acts of Green County.")
    )
    key = forms.CharField(
        label=_("Public key of the log"),
        max_length=300,
        help_text=_(
            "One line. It stands on the log's own page: “Public key of the log”, or “Key of the log” of a vote."
        ),
    )
