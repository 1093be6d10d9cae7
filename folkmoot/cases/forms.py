"""Forms of cases: they parse and say in plain words what is missing. What is allowed, the services decide."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from folkmoot.areas.models import Area
from folkmoot.areas.queries import search_areas, valid_areas
from folkmoot.base.errors import Refused
from folkmoot.cases.answers import choices_of
from folkmoot.cases.models import Case, Category, CategoryQuestion, Publicity
from folkmoot.cases.queries import categories_to_choose
from folkmoot.cases.services.reporting import MAX_TEXT
from folkmoot.people.models import Organization, Post
from folkmoot.people.phones import normal_phone
from folkmoot.people.queries import callable_organizations, hand_over_posts

MOST_PHOTOS = 4
PLACES_SHOWN = 8


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Up to four pictures. Shapes: cleaned value is a list of uploads."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Photos"))
        kwargs.setdefault("help_text", _("Up to 4. Place and device data are removed."))
        widget = SeveralFiles(attrs={"accept": "image/jpeg,image/png,image/webp"})
        super().__init__(required=False, widget=widget, allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        uploads = [item for item in (data if isinstance(data, list | tuple) else [data]) if item]
        if len(uploads) > MOST_PHOTOS:
            raise ValidationError(_("At most %(most)d photos fit."), params={"most": MOST_PHOTOS})
        return [super(PhotosField, self).clean(upload, initial) for upload in uploads]


def category_choices(chosen: list[Category]) -> list[tuple[Any, Any]]:
    """Choices by group, in the reader's language."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for category in chosen:
        if category.parent is not None:
            groups.setdefault(str(category.parent), []).append((category.code, str(category)))
    return [("", _("Please choose")), *groups.items()]


def long_text(label: Any, **kwargs: Any) -> forms.CharField:
    """A text of several lines with a stated greatest length."""
    return forms.CharField(
        label=label,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": kwargs.pop("rows", 5)}),
        error_messages={
            "required": kwargs.pop("missing", _("Please write a few words.")),
            "max_length": _(
                "This text has %(show_value)d characters; at most %(limit_value)d fit. Please shorten it."
            ),
        },
        **kwargs,
    )


class WhatForm(forms.Form):
    """Step 1: what is it?"""

    text = long_text(
        _("What is the matter?"),
        help_text=_("In your own words: what is wrong, since when, what would help."),
        missing=_("Please write what it is about."),
    )
    category = forms.ChoiceField(
        label=_("What kind of matter is it?"),
        error_messages={"required": _("Please choose the kind that fits best.")},
    )
    photos = PhotosField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categories = {category.code: category for category in categories_to_choose()}
        self.fields["category"].choices = category_choices(list(self.categories.values()))  # type: ignore[attr-defined]


class QuestionsForm(forms.Form):
    """The further questions of one category, as Open311 attributes."""

    def __init__(self, *args: Any, questions: list[CategoryQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[f"q_{question.code}"] = _question_field(question)

    def answers(self) -> dict[str, Any]:
        """The answers that were given, by the question's code."""
        given = {name.removeprefix("q_"): value for name, value in self.cleaned_data.items()}
        return {
            code: str(v) if not isinstance(v, list) else v
            for code, v in given.items()
            if v not in ("", None, [])
        }


def _question_field(question: CategoryQuestion) -> forms.Field:
    kinds = CategoryQuestion.Datatype
    common: dict[str, Any] = {"label": str(question), "required": question.required}
    if question.datatype == kinds.SINGLE:
        return forms.ChoiceField(choices=choices_of(question), widget=forms.RadioSelect, **common)
    if question.datatype == kinds.MULTI:
        return forms.MultipleChoiceField(
            choices=choices_of(question), widget=forms.CheckboxSelectMultiple, **common
        )
    if question.datatype == kinds.NUMBER:
        return forms.DecimalField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
    if question.datatype == kinds.DATETIME:
        return forms.DateTimeField(**common)
    area = forms.Textarea(attrs={"rows": 3}) if question.datatype == kinds.TEXT else forms.TextInput()
    return forms.CharField(max_length=1000, widget=area, **common)


class WhereForm(forms.Form):
    """Step 2: where is it? An address is looked up; the places found are offered as choices. A point is enough."""

    place_text = forms.CharField(
        label=_("The place in your words"),
        help_text=_("A lane, a house number, a landmark, or the code on the sign."),
        max_length=200,
        error_messages={"required": _("Please write where it is.")},
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    lat = forms.FloatField(required=False, widget=forms.HiddenInput, min_value=-90, max_value=90)
    lon = forms.FloatField(required=False, widget=forms.HiddenInput, min_value=-180, max_value=180)
    area = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data.get("lat") and self.data.get("lon"):
            self.fields["place_text"].required = False  # a point is enough

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        code = data.get("area")
        data["area"] = valid_areas().filter(code=code).select_related("level").first() if code else None
        if code and data["area"] is None:
            self.add_error("place_text", _("There is no place with the code %(code)s.") % {"code": code})
        return data

    @property
    def point(self) -> tuple[float, float] | None:
        """Longitude and latitude, when both were given."""
        longitude, latitude = self.cleaned_data.get("lon"), self.cleaned_data.get("lat")
        return None if longitude is None or latitude is None else (longitude, latitude)

    def forget_point(self) -> None:
        """The point counts no more and is not sent along with the next try."""
        self.cleaned_data["lon"] = self.cleaned_data["lat"] = None
        self.data = {name: self.data.get(name) for name in self.data} | {"lon": "", "lat": ""}

    def places(self) -> list[Area]:
        """The places that fit what was typed."""
        text = self.cleaned_data.get("place_text", "")
        return search_areas(text, PLACES_SHOWN) if text else []


class CheckForm(forms.Form):
    """Step 3: who may see it, and how can we reach you?"""

    publicity = forms.ChoiceField(
        label=_("Who may read it?"), widget=forms.RadioSelect, choices=Publicity.choices
    )
    contact_name = forms.CharField(
        label=_("Your name"), max_length=80, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    contact_phone = forms.CharField(
        label=_("Your phone"), max_length=30, required=False,
        help_text=_("Only for this matter. It is stored locked."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    shares_contact = forms.BooleanField(
        label=_("Those who handle it may see my name and phone"), required=False,
        help_text=_("Otherwise messages pass through this page, and nobody sees who you are."),
    )  # fmt: skip

    def __init__(self, *args: Any, is_private: bool, is_known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_private:
            del self.fields["publicity"]
        if is_known:
            del self.fields["contact_name"], self.fields["contact_phone"]

    def clean_contact_phone(self) -> str:
        return clean_phone(self.cleaned_data["contact_phone"])


def clean_phone(typed: str) -> str:
    """E.164 of what was typed, empty for nothing. Raises ValidationError with a sentence."""
    if not typed:
        return ""
    try:
        return normal_phone(typed)
    except Refused as refusal:
        raise ValidationError(str(refusal)) from refusal


class EnterForm(WhatForm):
    """At the counter or by phone, for somebody else: one page for a trained hand."""

    channel = forms.ChoiceField(
        label=_("How did it reach you?"), widget=forms.RadioSelect,
        choices=[(c.value, c.label) for c in (Case.Channel.COUNTER, Case.Channel.PHONE)],
    )  # fmt: skip
    place = forms.CharField(
        label=_("Where is it?"),
        max_length=200,
        help_text=_("Code, lane or landmark; it must fit exactly one place."),
    )
    contact_name = forms.CharField(label=_("Name"), max_length=80, required=False)
    contact_phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    shares_contact = forms.BooleanField(
        label=_("They agree that the handlers see name and phone"), required=False
    )
    on_behalf_of = forms.CharField(
        label=_("How do you know them?"),
        max_length=80,
        required=False,
        help_text=_("For example: came in person"),
    )

    def clean_contact_phone(self) -> str:
        return clean_phone(self.cleaned_data["contact_phone"])

    def clean_place(self) -> Area:
        found = search_areas(self.cleaned_data["place"], 2)
        if len(found) != 1:
            raise ValidationError(
                _("More than one place fits. Write the code of the unit.") if found
                else _("No place fits. Try the lane, the landmark or the code of the unit.")
            )  # fmt: skip
        return found[0]


class ClaimForm(forms.Form):
    number = forms.CharField(
        label=_("Number of the matter"), max_length=20, help_text=_("Such as 2026-000418")
    )
    claim = forms.CharField(
        label=_("Your code"), max_length=20, help_text=_("Three groups of four, such as 7KQ2-MXRA-93TW"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


class ActForm(forms.Form):
    """Any act on a case: carries the version that was on the page, so that the slower of two is told."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        self.case = case
        kwargs["initial"] = {"seen": case.version, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)


class SignForCaseForm(ActForm):
    pass


class ContactCaseForm(ActForm):
    text = long_text(_("What did you find, or what was said?"))
    photos = PhotosField()


class AnswerCaseForm(ActForm):
    text = long_text(
        _("What was done?"), help_text=_("The reporter reads this and says whether it is solved.")
    )
    photos = PhotosField()


class NoteCaseForm(ActForm):
    text = long_text(_("What do you want to add?"))
    photos = PhotosField()
    is_private = forms.BooleanField(label=_("Only for those who handle it and the reporter"), required=False)

    def __init__(self, *args: Any, is_reporter: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_reporter:
            del self.fields["is_private"]


class ReasonForm(ActForm):
    """An act that needs a reason which the reporter will read."""

    text = long_text(
        _("Why?"), help_text=_("The reporter will read it."), missing=_("Please write the reason."), rows=4
    )


class EscalateCaseForm(ReasonForm):
    pass


class DeclineCaseForm(ReasonForm):
    pass


class AppealCaseForm(ReasonForm):
    text = long_text(
        _("Why should the level above look at it?"), missing=_("Please write the reason."), rows=4
    )


class DecideAppealForm(ReasonForm):
    upheld = forms.TypedChoiceField(
        label=_("Your decision"), widget=forms.RadioSelect, coerce=lambda value: value == "yes",
        choices=[("yes", _("The appeal is right: the matter goes on")), ("no", _("It stays declined"))],
    )  # fmt: skip
    field_order = ["upheld", "text"]


class PostChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Post) -> str:
        return f"{obj} · {obj.area}"


class HandOverCaseForm(ReasonForm):
    to_post = PostChoice(
        queryset=Post.objects.none(), label=_("Who shall have it?"), empty_label=_("Please choose"),
        error_messages={"required": _("Please choose the post that shall have it.")},
    )  # fmt: skip
    field_order = ["to_post", "text"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_post"].queryset = hand_over_posts(self.case.area, self.case.rung)  # type: ignore[attr-defined]


class OrganizationForm(ReasonForm):
    organization = forms.ModelChoiceField(
        queryset=Organization.objects.none(), label=_("Which organization?"), empty_label=_("Please choose"),
        error_messages={"required": _("Please choose the organization.")},
    )  # fmt: skip
    field_order = ["organization", "text"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = callable_organizations(self.case.area)  # type: ignore[attr-defined]


class ReferCaseForm(OrganizationForm):
    pass


class CallInCaseForm(OrganizationForm):
    text = long_text(_("What is asked of them?"), rows=4)
    days = forms.IntegerField(
        label=_("Within how many working days?"), min_value=1, max_value=30, initial=2,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    field_order = ["organization", "text", "days"]


class PauseCaseForm(ReasonForm):
    until = forms.DateField(
        label=_("Until which day?"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Please choose the day on which the work goes on.")},
    )  # fmt: skip
    field_order = ["text", "until"]


class CloseCaseForm(ActForm):
    """The reporter's word: solved or not, and how it was."""

    solved = forms.TypedChoiceField(
        label=_("Is it solved?"), widget=forms.RadioSelect, coerce=lambda value: value == "yes",
        choices=[("yes", _("Yes, it is solved")), ("no", _("No, it is not solved"))],
        error_messages={"required": _("Please say whether it is solved.")},
    )  # fmt: skip
    rating = forms.TypedChoiceField(
        label=_("How was it dealt with?"), widget=forms.RadioSelect, coerce=int, empty_value=None, required=False,
        help_text=_("Only counted together with others; nobody sees your own mark."),
        choices=[("5", _("5, very well")), ("4", "4"), ("3", "3"), ("2", "2"), ("1", _("1, badly"))],
    )  # fmt: skip
    text = long_text(_("Do you want to say something about it?"), required=False, rows=3)


class ReopenCaseForm(ActForm):
    text = long_text(_("What is still wrong?"), rows=4)


class CallBackCaseForm(ActForm):
    solved = forms.TypedChoiceField(
        label=_("What did the reporter say?"), widget=forms.RadioSelect, coerce=lambda value: value == "yes",
        choices=[("yes", _("It is solved")), ("no", _("It is not solved"))],
    )  # fmt: skip
    text = long_text(_("In the reporter's words"), rows=3)


class WithdrawCaseForm(ActForm):
    text = long_text(_("Why?"), required=False, rows=3)


class SummariseCaseForm(ActForm):
    summary = forms.CharField(
        label=_("Public summary"), max_length=400, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("No names, no house numbers. The reporter approves it before anybody sees it."),
    )  # fmt: skip


class RestrictCaseForm(ActForm):
    publicity = forms.ChoiceField(label=_("Who may read it from now on?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fewer = {"public": ["summary", "private"], "summary": ["private"], "private": []}[self.case.publicity]
        self.fields["publicity"].choices = [(p, Publicity(p).label) for p in fewer]  # type: ignore[attr-defined]


class ProposeJoinForm(ActForm):
    number = forms.CharField(label=_("Number of the earlier matter"), max_length=20)


class AnswerCallForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = long_text(_("What did your organization do?"))


class RateCallForm(forms.Form):
    rating = forms.TypedChoiceField(
        label=_("How was the help?"), widget=forms.RadioSelect, coerce=int,
        choices=[("5", _("5, very good")), ("4", "4"), ("3", "3"), ("2", "2"), ("1", _("1, poor"))],
    )  # fmt: skip


class FilterForm(forms.Form):
    """Filters of the staff list; they stay in the address bar."""

    q = forms.CharField(label=_("Number or words of the title"), max_length=60, required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    category = forms.ChoiceField(label=_("Kind"), required=False)
    area = forms.CharField(label=_("Code of a place"), max_length=40, required=False)
    level = forms.ChoiceField(label=_("Level"), required=False)
    late = forms.BooleanField(label=_("Only overdue"), required=False)
