"""What the pages of this app ask."""

from django import forms
from django.utils.translation import gettext_lazy as _

from folkmoot.channels.models import Preference
from folkmoot.ui.forms import Choice

HOURS = [(hour, f"{hour}:00") for hour in range(24)]


class OfferAddressForm(forms.Form):
    address = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=200,
        help_text=_("We send a link there first; only its reader can switch it on. It is stored locked."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class SetPreferencesForm(forms.Form):
    mail = forms.ChoiceField(
        label=_("When shall we write you an e-mail?"),
        widget=forms.RadioSelect,
        choices=[
            (
                Preference.Mail.AT_ONCE,
                Choice(Preference.Mail.AT_ONCE.label, _("An e-mail for each message.")),
            ),
            (
                Preference.Mail.DIGEST,
                Choice(Preference.Mail.DIGEST.label, _("All messages of a day in one e-mail.")),
            ),
            (
                Preference.Mail.NONE,
                Choice(Preference.Mail.NONE.label, _("You find the messages here when you look.")),
            ),
        ],
    )
    digest_hour = forms.TypedChoiceField(
        label=_("When shall the daily e-mail come?"), choices=HOURS, coerce=int
    )
    quiet_from_hour = forms.TypedChoiceField(
        label=_("Quiet from"),
        help_text=_("In the quiet hours nothing is sent. The same hour twice means: no quiet hours."),
        choices=HOURS,
        coerce=int,
    )
    quiet_until_hour = forms.TypedChoiceField(label=_("Quiet until"), choices=HOURS, coerce=int)
