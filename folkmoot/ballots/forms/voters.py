"""Groups of voters and the roll."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from folkmoot.ballots.forms.running import PollActForm
from folkmoot.ballots.forms.setting_up import IN_CHINESE, NUMBER
from folkmoot.ballots.models import Channel, Poll, Stratum
from folkmoot.people.models import Role
from folkmoot.ui.forms import Choice

MOST_OF_SHARE = 10_000


class StratumForm(forms.Form):
    """Step 3: a group of voters, with its ways to vote."""

    label = forms.CharField(
        label=_("What is the group called?"), max_length=80,
        help_text=_("Such as: ordinary residents, party members, invited representatives."),
        error_messages={"required": _("Please give the group a name.")},
    )  # fmt: skip
    label_zh = forms.CharField(
        label=_("Its name in Chinese"), max_length=80, required=False, help_text=IN_CHINESE
    )
    is_ordinary = forms.TypedChoiceField(
        label=_("Who are they?"), widget=forms.RadioSelect, coerce=lambda value: value == "yes",
        choices=[
            ("yes", Choice(_("Ordinary residents"), _("They are never counted together with people in office."))),
            ("no", Choice(_("People with a role"), _("In office, in the leadership, or invited."))),
        ],
        error_messages={"required": _("Please say who they are.")},
    )  # fmt: skip
    channels = forms.MultipleChoiceField(
        label=_("How can they vote?"), widget=forms.CheckboxSelectMultiple,
        choices=[
            (Channel.TOKEN, Choice(_("Online"), _("On their own phone, or at the hall's tablet."))),
            (Channel.SLIP, Choice(_("With a slip"), _("A printed code that each draws by hand."))),
            (Channel.HAND, Choice(_("On paper"), _("Counted by hand by two tellers. It leaves no receipt."))),
        ],
        error_messages={"required": _("Please choose at least one way.")},
    )  # fmt: skip
    joins = forms.ModelChoiceField(
        queryset=Stratum.objects.none(), label=_("With which group are they counted if they are too few?"),
        required=False, empty_label=_("With none"),
    )  # fmt: skip

    def __init__(self, *args: Any, poll: Poll, stratum: Stratum | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = poll.strata.exclude(pk=stratum.pk) if stratum else poll.strata.all()
        self.fields["joins"].queryset = others  # type: ignore[attr-defined]
        if not others:
            del self.fields["joins"]

    def fields_of_stratum(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        channels = said.pop("channels")
        return {
            **said, "has_tokens": Channel.TOKEN in channels, "has_slips": Channel.SLIP in channels,
            "has_hand": Channel.HAND in channels,
        }  # fmt: skip

    def code_for(self, poll: Poll) -> str:
        """A short name for the group, made of its name, that no other group of the poll has."""
        taken = {stratum.code for stratum in poll.strata.all()}
        wanted = slugify(self.cleaned_data["label"])[:50].strip("-_").replace("_", "-") or "group"
        names = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, len(taken) + 2))
        return next(name for name in names if name not in taken)

    @staticmethod
    def shown(stratum: Stratum) -> dict[str, Any]:
        return {
            "label": stratum.label, "label_zh": stratum.label_zh, "channels": stratum.channels,
            "is_ordinary": "yes" if stratum.is_ordinary else "no", "joins": stratum.joins_id,
        }  # fmt: skip


class AddRuleForm(PollActForm):
    """A rule of composition: which groups, at least or more than, which share."""

    parts = forms.MultipleChoiceField(
        label=_("Which groups together?"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one group.")},
    )  # fmt: skip
    is_strict = forms.TypedChoiceField(
        label=_("How many do they have to be?"), widget=forms.RadioSelect, coerce=lambda value: value == "more",
        choices=[("least", _("At least this share")), ("more", _("More than this share"))], initial="least",
        error_messages={"required": _("Please choose one of the two.")},
    )  # fmt: skip
    numerator = forms.IntegerField(
        label=_("How many, such as 4"), min_value=1, max_value=MOST_OF_SHARE, initial=4, widget=forms.TextInput(NUMBER),
        error_messages={"required": _("Please write the number.")},
    )  # fmt: skip
    denominator = forms.IntegerField(
        label=_("Of how many, such as 5"), min_value=1, max_value=MOST_OF_SHARE, initial=5, widget=forms.TextInput(NUMBER),
        help_text=_("4 of 5 is the same as 80 of 100."), error_messages={"required": _("Please write the number.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [(stratum.code, str(stratum)) for stratum in self.poll.strata.all()]
        self.fields["parts"].choices = groups  # type: ignore[attr-defined]


class FillRollForm(forms.Form):
    with_residents = forms.BooleanField(
        label=_("All whose home here is confirmed"), required=False,
        help_text=_("Everybody is on the roll once: fill the smaller groups first."),
    )  # fmt: skip
    roles = forms.MultipleChoiceField(
        label=_("Those who hold a post"), choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False
    )  # fmt: skip


class ImportRollForm(forms.Form):
    file = forms.FileField(
        label=_("File"), help_text=_("CSV in UTF-8 or XLSX, one voter on each line."), required=False,
        error_messages={"empty": _("This file is empty.")},
    )  # fmt: skip
    takes_good_rows = forms.BooleanField(
        label=_("Leave rows with faults out and take the others"), required=False
    )

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("file") is None and "file" not in self.errors and not self.data.get("kept"):
            self.add_error("file", _("Please choose a file."))
        return self.cleaned_data


class FindEntryForm(forms.Form):
    q = forms.CharField(label=_("Name"), max_length=60, required=False)
