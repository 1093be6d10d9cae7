"""Forms about households and their sealed notes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from folkmoot.base.actors import Actor
from folkmoot.people.forms.fields import NO_SPELLING, DayField, text_field
from folkmoot.people.models import Household, Post
from folkmoot.people.queries import Seat, household_at, running_links, served_household, serving_tenures
from folkmoot.ui.forms import Choice

NOT_ONE = _("We know no household by that. Please look at the card on your door, or ask your unit chief.")


class JoinHouseholdForm(forms.Form):
    """One question: where do you live?"""

    household = text_field(
        _("Your address, or the code on the card at your door"), most=200,
        widget=forms.TextInput({"autocomplete": "street-address"}),
    )  # fmt: skip

    def clean_household(self) -> Household:
        household = household_at(self.cleaned_data["household"])
        if household is None:
            raise forms.ValidationError(NOT_ONE, code="household")
        return household


class FindHouseholdForm(forms.Form):
    """Asks in the address bar which household is meant."""

    household = text_field(
        _("Code of the household"), most=40, help_text=_("As on the card at its door."),
        widget=forms.TextInput(NO_SPELLING),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean_household(self) -> Household:
        household = served_household(self.actor, self.cleaned_data["household"])
        if household is None:
            sentence = _("Where your post serves there is no household with this code.")
            raise forms.ValidationError(sentence, code="household")
        return household


class LinkHouseholdForm(forms.Form):
    """Who looks after it? Those who serve there and are not linked yet."""

    member = forms.ChoiceField(
        label=_("Who looks after this household?"), widget=forms.RadioSelect,
        error_messages={"required": _("Please choose somebody."), "invalid_choice": _("Please choose somebody.")},
    )  # fmt: skip

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        linked = {link.member_id for link in running_links(household)}
        serving = {each.person_id: each for each in serving_tenures(household)}
        self.people = {str(pk): each.person for pk, each in serving.items() if pk not in linked}
        member = self.fields["member"]
        assert isinstance(member, forms.ChoiceField)
        member.choices = [
            (key, Choice(str(person), str(serving[person.pk].post))) for key, person in self.people.items()
        ]


class WriteNoteForm(forms.Form):
    household = text_field(
        _("Code of the household"), most=40, help_text=_("As on the card at its door."),
        widget=forms.TextInput(NO_SPELLING),
    )  # fmt: skip
    purpose = text_field(_("What is the note for?"), most=200, help_text=_("The household reads this."))
    text = text_field(
        _("The note"), most=2000, rows=6, help_text=_("Only what helps. The household reads this too.")
    )
    readers = forms.MultipleChoiceField(
        label=_("Who may read it?"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one reader.")},
    )  # fmt: skip
    ends_on = DayField(label=_("Until"), help_text=_("On this day the text is erased. Within a year."))

    def __init__(self, *args: Any, readers: list[Seat], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.posts = {str(seat.post.pk): seat.post for seat in readers}
        field = self.fields["readers"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (str(seat.post.pk), Choice(str(seat.post), str(seat.acting or ""))) for seat in readers
        ]

    def clean_household(self) -> Household:
        typed = self.cleaned_data["household"].strip()
        household = Household.objects.select_related("area").filter(code__iexact=typed).first()
        if household is None:
            raise forms.ValidationError(_("There is no household with this code."), code="household")
        return household

    def clean_readers(self) -> list[Post]:
        return [self.posts[key] for key in self.cleaned_data["readers"]]


class AnswerNoteForm(forms.Form):
    answer = text_field(_("What do you say to it?"), most=2000, rows=5)


class ErasePersonForm(forms.Form):
    agrees = forms.BooleanField(
        label=_("Yes, erase what is kept of me"),
        error_messages={"required": _("Please tick the box if you are sure.")},
    )
