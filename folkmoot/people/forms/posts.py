"""Forms about posts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from folkmoot.people.forms.fields import NO_SPELLING, DayField, PhoneField, text_field
from folkmoot.people.models import Organization, Post
from folkmoot.people.queries import nearby_tenures
from folkmoot.ui.forms import Choice


class FindChiefForm(forms.Form):
    """Asks in the address bar, so that an answer can be passed on."""

    q = forms.CharField(
        label=_("Your address, your village or the code of your unit"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "street-address", "type": "search"}),
        error_messages={"required": _("Please write where you live, or tap on the map.")},
    )


class OrganizationFilterForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = self.fields["kind"]
        assert isinstance(kinds, forms.ChoiceField)
        kinds.choices = [("", _("all")), *Organization.Kind.choices]


class ProposeAppointmentForm(forms.Form):
    name = text_field(_("Name in Latin letters"), most=80, required=False)
    name_zh = text_field(_("Name in Chinese"), most=80, required=False)
    phone = PhoneField(
        label=_("Mobile phone"), help_text=_("By this number the person signs in."),
        widget=forms.TextInput({"type": "tel", "inputmode": "tel", **NO_SPELLING}),
    )  # fmt: skip
    since = DayField(label=_("First day in the post"))
    is_deputy = forms.BooleanField(label=_("Only stands in for the holder, until a day"), required=False)
    until = DayField(label=_("Until"), help_text=_("The first day without the post."), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("name") and not cleaned.get("name_zh"):
            self.add_error("name", _("Please say who it is."))
        if cleaned.get("is_deputy") and not cleaned.get("until"):
            self.add_error("until", _("Please choose the day on which that ends."))
        return cleaned


class RefuseAppointmentForm(forms.Form):
    reason = text_field(_("Why not?"), most=300, rows=3)


class EndTenureForm(forms.Form):
    until = DayField(label=_("First day without the post"))
    reason = text_field(_("Why does it end?"), most=300, rows=3)


class NameDeputyForm(forms.Form):
    person = forms.ChoiceField(label=_("Who stands in?"), widget=forms.RadioSelect)
    since = DayField(label=_("From"))
    until = DayField(label=_("Until"), help_text=_("The first day on which you are back."))

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nearby = list(nearby_tenures(post))
        self.people = {str(tenure.person_id): tenure.person for tenure in nearby}
        people = self.fields["person"]
        assert isinstance(people, forms.ChoiceField)
        people.choices = [
            (str(tenure.person_id), Choice(str(tenure.person), str(tenure.post))) for tenure in nearby
        ]


class EditCardForm(forms.Form):
    duties = text_field(
        _("What can people come to you for?"), most=2000, rows=6, required=False,
        help_text=_("A few plain sentences. Everybody can read them on your card."),
    )  # fmt: skip


class BeginEmergencyForm(forms.Form):
    area = text_field(
        _("Code of the area"), most=40, help_text=_("You act through the post that handles its matters."),
        widget=forms.TextInput(NO_SPELLING),
    )  # fmt: skip
    reason = text_field(_("What happened?"), most=300, rows=3)
    hours = forms.IntegerField(
        label=_("For how many hours?"), min_value=1, max_value=8, initial=1,
        error_messages={
            "required": _("Please write a number from 1 to 8."),
            "invalid": _("Please write a number from 1 to 8."),
            "min_value": _("Please write a number from 1 to 8."),
            "max_value": _("Please write a number from 1 to 8."),
        },
    )  # fmt: skip
