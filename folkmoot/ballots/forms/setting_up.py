"""Setting a poll up: its words, its questions, its calendar, its slips and its desk."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from folkmoot_kernel.presets import PRESETS, Preset
from folkmoot_kernel.scales import APPROVAL, PLURALITY, RATING, SCHULZE, STV, YES_NO

from folkmoot.areas.models import Area
from folkmoot.ballots.models import Poll, in_words
from folkmoot.ballots.queries import Settled, posts_offered, posts_within, said
from folkmoot.base import clock
from folkmoot.base.errors import Sentence
from folkmoot.people.models import Post
from folkmoot.ui.forms import Choice

PLAIN = {"spellcheck": "false", "autocomplete": "off"}
NUMBER = {"inputmode": "numeric", "autocomplete": "off"}
MOST_HOURS = 24 * 14
MOST_K = 1_000
MOST_OPTIONS = 100
MOST_DIGITS = 12
IN_CHINESE = _("The same in Chinese, for those who read the pages in Chinese.")
GRADES = (("Good", "好"), ("Fairly good", "较好"), ("Average", "一般"), ("Poor", "差"))
YES_NO_ABSTAIN = (("Yes", "赞成"), ("No", "反对"), ("Abstain", "弃权"))
SCALES = (
    (RATING, Choice(_("Grades"), _("Each voter gives one grade, such as good or poor."))),
    (YES_NO, Choice(_("Yes or no"), _("Yes, no, or abstain."))),
    (PLURALITY, Choice(_("One of several"), _("Each voter names one. Most votes win."))),
    (APPROVAL, Choice(_("As many as one likes"), _("Each voter names all that are good enough. Most votes win."))),
    (SCHULZE, Choice(_("In order, one wins"), _("Each voter puts up to five in order; whoever beats each other one wins."))),
    (STV, Choice(_("In order, several win"), _("Each voter puts up to five in order; seats are shared out by the votes."))),
)  # fmt: skip


def seen_field() -> forms.IntegerField:
    """The version that was on the page, so that the slower of two is told."""
    return forms.IntegerField(
        widget=forms.HiddenInput,
        error_messages={"required": _("This page is not whole. Please load it again.")},
    )


def moment_field(label: Any, help_text: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, help_text=help_text, required=False, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Please write the moment like 2026-11-20 18:00.")},
    )  # fmt: skip


def preset_choices() -> list[tuple[str, Sentence]]:
    """Rules of quorum and majority that are in force today."""
    today = clock.today()
    valid = (each for each in PRESETS if each.valid_from <= today and (each.valid_to or today) >= today)
    return [
        ("", _("None: only show how many answered what")),
        *((each.key, _named(each)) for each in valid),
    ]


def _named(preset: Preset) -> Sentence:
    name = said(preset.name)
    return name if preset.is_checked else _("%(rule)s (numbers of before the new law)") % {"rule": name}


class WordsForm(forms.Form):
    """Step 1: what is voted on, and who may vote, in words."""

    name = forms.CharField(
        label=_("What is the vote called?"), max_length=120,
        help_text=_("Such as: Appraisal of the village committee 2026"),
        error_messages={"required": _("Please give it a name.")},
    )  # fmt: skip
    name_zh = forms.CharField(
        label=_("Its name in Chinese"), max_length=120, required=False, help_text=IN_CHINESE
    )
    eligibility = forms.CharField(
        label=_("Who may vote?"), max_length=300,
        help_text=_("In one sentence, such as: Everybody of 18 years or more who lives in North Cove."),
        error_messages={"required": _("Please say who may vote.")},
    )  # fmt: skip
    eligibility_zh = forms.CharField(
        label=_("The same sentence in Chinese"), max_length=300, required=False, help_text=IN_CHINESE
    )
    preset = forms.ChoiceField(
        label=_("By which rule is it judged?"), required=False,
        help_text=_("Quorum and majority come from this rule, and the result says them in a sentence."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["preset"].choices = preset_choices()  # type: ignore[attr-defined]


class SetUpPollForm(WordsForm):
    kind = forms.ChoiceField(
        label=_("Who takes part?"), widget=forms.RadioSelect, initial="roll",
        choices=[
            ("roll", Choice(_("Those on a roll"), _("You say who may vote. There can be a quorum and a majority."))),
            ("open", Choice(
                _("Everybody here who wishes"),
                _("An open vote: self-selected and advisory. Whoever has confirmed a phone and a home here can take part."),
            )),
        ],
        error_messages={"required": _("Please say who takes part.")},
    )  # fmt: skip
    area = forms.ModelChoiceField(
        queryset=Area.objects.none(), label=_("For which place?"), empty_label=None,
        error_messages={"invalid_choice": _("Please choose one of these places.")},
    )  # fmt: skip
    short_name = forms.CharField(
        label=_("Short name"), max_length=64, widget=forms.TextInput(PLAIN),
        validators=[RegexValidator(
            r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\Z", _("Only small letters a to z, digits and “-” fit."),
        )],
        help_text=_("Small letters, digits and “-”. It names the public log of this vote for ever."),
    )  # fmt: skip
    field_order = ["area", "name", "name_zh", "kind"]

    def __init__(self, *args: Any, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]
        self.fields["eligibility"].required = False  # an open vote has its own
        self.fields["eligibility"].help_text = _(
            "Only with a roll. In one sentence, such as: Everybody of 18 years or more who lives in North Cove."
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["is_open"] = said.pop("kind", "") == "open"
        if said["is_open"]:
            said |= {"eligibility": "", "eligibility_zh": "", "preset": ""}
        elif not said.get("eligibility") and "eligibility" not in self.errors:
            self.add_error("eligibility", self.fields["eligibility"].error_messages["required"])
        return said


class ChangePollForm(WordsForm):
    seen = seen_field()

    def __init__(self, *args: Any, poll: Poll, **kwargs: Any) -> None:
        names = ["name", "name_zh", *(() if poll.is_open else ("eligibility", "eligibility_zh", "preset"))]
        shown = {"seen": poll.version, **{name: getattr(poll, name) for name in names}}
        super().__init__(*args, **kwargs | {"initial": shown})
        for name in set(self.fields) - set(shown):
            del self.fields[name]


class CalendarForm(forms.Form):
    """Step 4: when, how secret, who holds the keys."""

    seen = seen_field()
    phases = forms.ChoiceField(
        label=_("When are papers taken, when are they cast?"), widget=forms.RadioSelect,
        choices=[
            ("two", Choice(
                _("First taken, later cast"),
                _("Nobody can tell from the hour who has cast which paper. This is the more secret way."),
            )),
            ("one", Choice(
                _("Taken and cast in the same days"),
                _("Quicker, but each voter is hidden only among those who have voted so far."),
            )),
        ],
    )  # fmt: skip
    casts_at = moment_field(
        _("When does casting open?"), _("Only if papers are taken first. Empty: when you say so, in a hall for example.")
    )  # fmt: skip
    closes_at = moment_field(_("When does the vote close?"), _("Empty: when you say so."))
    objection_hours = forms.IntegerField(
        label=_("How many hours can a voter object after counting?"), min_value=0, max_value=MOST_HOURS,
        widget=forms.TextInput(NUMBER),
        help_text=_("A voter whose ballot did not open can open it until then. 24 is usual."),
    )  # fmt: skip
    k = forms.IntegerField(
        label=_("The smallest group whose answers are opened"), min_value=2, max_value=MOST_K,
        widget=forms.TextInput(NUMBER),
        help_text=_("In a smaller group single people could be recognised. 10 is usual."),
    )  # fmt: skip
    teller = forms.CharField(
        label=_("Who holds the keys that open the ballots?"), max_length=120, required=False,
        help_text=_("A person of trust outside your office, by name. Empty: the keys stay on this server until the close."),
    )  # fmt: skip

    def __init__(self, *args: Any, poll: Poll, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": self.shown(poll)})
        if poll.is_open:  # it has one calendar: papers are taken and cast in the same days
            del self.fields["phases"], self.fields["casts_at"]

    def fields_of_poll(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        said["is_two_phase"] = said.pop("phases", "one") == "two"
        return said

    @classmethod
    def shown(cls, poll: Poll) -> dict[str, Any]:
        names = ("casts_at", "closes_at", "objection_hours", "k", "teller")
        phases = "two" if poll.is_two_phase else "one"
        return {"seen": poll.version, "phases": phases, **{name: getattr(poll, name) for name in names}}


class _PostLabel:
    def label_from_instance(self, obj: Post) -> str:
        return f"{obj} · {obj.area or obj.organization}"


class PostChoice(_PostLabel, forms.ModelChoiceField):  # type: ignore[type-arg]
    pass


class PostsChoice(_PostLabel, forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def clean(self, value: Any) -> Any:
        """Refuses what no database can look up: the field itself asks for all of them at once."""
        if any(len(str(each)) > MOST_DIGITS for each in value or ()):
            raise ValidationError(_("Please choose posts from this list."))
        return super().clean(value)


def answer_lines(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip


class FindPostsForm(forms.Form):
    """Offers posts within the poll's place: those near, or those found by their title."""

    posts_field = "posts"
    find = forms.CharField(
        label=_("Find other posts by a part of their title"), max_length=60, required=False,
        help_text=_("Then press “Find posts”. What you have written stays."),
    )  # fmt: skip

    def __init__(self, *args: Any, poll: Poll, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields[self.posts_field]
        field.queryset = posts_within(poll.area)
        offered = posts_offered(poll.area, self._text(), self._chosen())
        empty = [("", field.empty_label)] if field.empty_label else []
        field.choices = [*empty, *((post.pk, field.label_from_instance(post)) for post in offered)]

    def _text(self) -> str:
        try:
            return str(self.fields["find"].clean(self["find"].value()))
        except ValidationError:
            return ""

    def _chosen(self) -> list[int]:
        value = self[self.posts_field].value() or ()
        texts = map(str, value if isinstance(value, list) else [value])
        return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS]


class AddPaperForm(FindPostsForm):
    """Step 2: ONE question about ONE subject."""

    question = forms.CharField(
        label=_("The question"), max_length=300,
        help_text=_("One question about one subject. For a second subject, add a second question."),
        error_messages={"required": _("Please write the question.")},
    )  # fmt: skip
    question_zh = forms.CharField(
        label=_("The question in Chinese"), max_length=300, required=False, help_text=IN_CHINESE
    )
    scale = forms.ChoiceField(
        label=_("How is it answered?"), widget=forms.RadioSelect, choices=SCALES, initial=RATING,
        error_messages={"required": _("Please choose how it is answered.")},
    )  # fmt: skip
    options = answer_lines(
        _("The answers, one on each line"),
        _("The best first. Empty: good, fairly good, average, poor; or yes, no, abstain."),
    )  # fmt: skip
    options_zh = answer_lines(_("The answers in Chinese, in the same order"), IN_CHINESE)
    places = forms.IntegerField(
        label=_("How many are to be elected?"), min_value=1, max_value=MOST_OPTIONS, required=False,
        widget=forms.TextInput(NUMBER), help_text=_("Only where people or things are chosen. Empty: one."),
    )  # fmt: skip
    about_post = PostChoice(
        queryset=Post.objects.none(), label=_("Is it about somebody in office?"), required=False,
        empty_label=_("No"), help_text=_("Whoever holds that post, or serves under it, has no role in this vote."),
    )  # fmt: skip

    posts_field = "about_post"
    field_order = [
        "question",
        "question_zh",
        "scale",
        "options",
        "options_zh",
        "places",
        "about_post",
        "find",
    ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said.pop("find", None)
        english, chinese = _lines(said.get("options")), _lines(said.pop("options_zh", ""))
        if chinese and english and len(chinese) != len(english):
            self.add_error("options_zh", _("Please give as many answers as above, in the same order."))
        pairs = [(text, chinese[n] if n < len(chinese) else "") for n, text in enumerate(english)]
        if said.get("scale") == YES_NO:
            pairs = list(YES_NO_ABSTAIN)
        elif not pairs and said.get("scale") == RATING:
            pairs = list(GRADES)
        elif not pairs and "scale" in said:
            self.add_error("options", ValidationError(_("Please write the answers, one on each line.")))
        said["options"] = [in_words(*pair) for pair in pairs]
        said["places"] = said.get("places") or 1
        return said


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


class NameDeskForm(FindPostsForm):
    posts = PostsChoice(
        queryset=Post.objects.none(), label=_("Which posts give out papers and count, beside you?"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    field_order = ["posts", "find"]


class PrintSlipsForm(forms.Form):
    """How many slips for each group that votes with slips."""

    seen = seen_field()

    def __init__(self, *args: Any, groups: list[Settled], sizes: dict[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group in groups:
            names = ", ".join(name.said(get_language() or "en") for name in group.group.names)
            self.fields[f"slips_{group.head.code}"] = forms.IntegerField(
                label=_("Slips for “%(group)s”") % {"group": names}, min_value=1, max_value=20_000,
                initial=sum(sizes.get(part.pk, 0) for part in group.parts),
                widget=forms.TextInput(NUMBER),
            )  # fmt: skip

    def numbers(self) -> dict[str, int]:
        return {
            name.removeprefix("slips_"): number
            for name, number in self.cleaned_data.items() if name.startswith("slips_")
        }  # fmt: skip
