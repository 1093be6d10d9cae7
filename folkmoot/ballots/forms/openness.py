"""An open poll: the population, and what becomes of those who wait."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from folkmoot.ballots.forms.running import PollActForm
from folkmoot.ballots.forms.setting_up import NUMBER, seen_field
from folkmoot.ui.forms import Choice

MOST_PEOPLE = 2_000_000_000


class PopulationForm(forms.Form):
    """Step 3 of an open poll."""

    seen = seen_field()
    population = forms.IntegerField(
        label=_("How many people live here?"), min_value=1, max_value=MOST_PEOPLE, widget=forms.TextInput(NUMBER),
        help_text=_("The number that everybody can look up, of the last census for example. It is public, and no more "
                    "people than that get papers."),
        error_messages={"required": _("Please write how many people live here.")},
    )  # fmt: skip


class ProposeAdmissionForm(PollActForm):
    lets_in = forms.TypedChoiceField(
        label=_("What becomes of all who wait?"), widget=forms.RadioSelect, coerce=lambda value: value == "in",
        choices=[
            ("in", Choice(_("Let them in"), _("They can take their papers at once."))),
            ("no", Choice(_("Refuse them"), _("None of them gets a paper in this vote. Say why."))),
        ],
        error_messages={"required": _("Please choose one of the two.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("If you refuse them: why?"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("They read it, and so does everybody else."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("lets_in") is False and not said.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Please say why those who wait are refused."))
        return said
