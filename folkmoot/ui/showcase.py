"""Example words for the page of components. An invented place; nothing here is read from a database."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from folkmoot.base import clock
from folkmoot.ui.components import (
    Act,
    Bar,
    Check,
    Crumb,
    Fact,
    Picture,
    Row,
    Rung,
    Shape,
    Step,
    TimelineItem,
)
from folkmoot.ui.forms import Choice
from folkmoot.ui.paging import Listing

PICTURE = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 9'%3E"
    "%3Crect width='16' height='9' fill='%23b9c1be'/%3E%3Ccircle cx='8' cy='4.5' r='2' fill='%230b5d4a'/%3E%3C/svg%3E"
)


class ExampleForm(forms.Form):
    what = forms.CharField(
        label=gettext_lazy("What is the matter?"),
        help_text=gettext_lazy("Say it as you would to a neighbour."),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Please write what is the matter.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        choices=[
            ("road", Choice(gettext_lazy("Roads and lamps"), gettext_lazy("Holes, lamps, signs, snow"))),
            ("water", Choice(gettext_lazy("Water and drains"))),
            ("other", Choice(gettext_lazy("Something else"))),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose what it is about.")},
    )
    reach = forms.MultipleChoiceField(
        label=gettext_lazy("How may we reach you?"),
        choices=[("sms", gettext_lazy("By text message")), ("letter", gettext_lazy("By letter"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    since = forms.DateField(
        label=gettext_lazy("Since when?"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    place = forms.ChoiceField(
        label=gettext_lazy("Village"),
        choices=[("pearl", gettext_lazy("Pearl Bay")), ("lamp", gettext_lazy("Lamp Rock"))],
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone number"),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
        required=False,
    )
    photo = forms.FileField(
        label=gettext_lazy("Photo"),
        help_text=gettext_lazy("Up to 10 MB. We take out where and when it was made."),
        required=False,
    )
    is_public = forms.BooleanField(
        label=gettext_lazy("Neighbours may read this"),
        help_text=gettext_lazy("Never your name, never your number."),
        required=False,
    )

    def clean_phone(self) -> str:
        typed = str(self.cleaned_data["phone"])
        if typed and not typed.isdigit():
            raise ValidationError(_("A phone number has only digits. Please look at it once more."))
        return typed


class ExampleFilters(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[("", gettext_lazy("all")), ("late", gettext_lazy("late"))],
        required=False,
    )
    words = forms.CharField(label=gettext_lazy("Words"), required=False)


def showcase(request: HttpRequest) -> dict[str, Any]:
    """Everything that components.html draws."""
    return {
        "crumbs": [
            Crumb(_("Island district"), "#"),
            Crumb(_("Lantern township"), "#"),
            Crumb(_("Pearl Bay village")),
        ],
        "rungs": [
            Rung(_("Unit"), "past"),
            Rung(_("Grid"), "past"),
            Rung(_("Village"), "on"),
            Rung(_("Township"), "ahead"),
        ],
        "form": ExampleForm(),
        "form_again": ExampleForm({"again-phone": "12x", "again-place": "pearl"}, prefix="again"),
        "filter_form": ExampleFilters(request.GET or None),
        "listing": Listing([None] * 25, 2, 25, 12437, is_about=True, has_next=True),
        "now": clock.now(),
        "pictures": [
            Picture(PICTURE, _("A lamp post with a torn cable"), caption=_("Taken by the grid chief"))
        ],
        **_story(),
        **_lists(),
        **_drawings(),
    }


def _story() -> dict[str, Any]:
    now = clock.now()
    return {
        "thursday": now + timedelta(days=4),
        "far": now + timedelta(days=40),
        "past": now - timedelta(days=400),
        "items": [
            TimelineItem(
                now - timedelta(minutes=30),
                _("The power company is on site"),
                _("The village secretary called it in."),
                _("The cable of two lamp posts was cut by the building works. It is mended this afternoon."),
                kind="now",
                by=_("Power company"),
            ),
            TimelineItem(
                now - timedelta(days=1),
                _("The grid's term has passed"),
                _("Your report went up to the village by itself. The grid chief still sees it and helps."),
                kind="late",
            ),
            TimelineItem(
                now - timedelta(days=5),
                _("The grid chief went to look"),
                pictures=[Picture(PICTURE, _("A lamp post with a torn cable"))],
            ),
            TimelineItem(now - timedelta(days=6), _("You reported it")),
        ],
        "steps": [
            Step(_("Your unit chief reads it today.")),
            Step(_("You get a message with each step."), "#", _("Change how we reach you")),
            Step(_("At the end you say whether it is solved.")),
        ],
    }


def _lists() -> dict[str, Any]:
    today = clock.now()
    return {
        "acts": [
            Act(_("Report a matter"), "#", _("A broken lamp, a blocked drain, a worry"), is_main=True),
            Act(_("Take part"), "#", _("Meeting on the harbour road, Thursday 19:00")),
            Act(_("Find my chief"), "#", _("By address, on the map or by code")),
        ],
        "rows": [
            Row(_("Drain at the fish market"), "#", today, _("Handled in the grid in 2 days. The term was 3."),
                _("solved, says the reporter")),
            Row(_("Harbour road at night"), "#", today - timedelta(days=1),
                _("31 households asked of 42 planned."), _("to be decided"), "wait"),
            Row(_("Second water tank"), "#", today - timedelta(days=12),
                _("Promised by the secretary on 12 March."), _("9 days late"), "late"),
            Row(_("Painting the bus shelter"), "#", today - timedelta(days=400),
                _("The reporter took it back."), _("closed"), "plain"),
        ],
        "checks": [
            Check(_("Households asked"), "done", _("42 of 42, last on 12 November"), "#"),
            Check(_("Legal adviser's opinion"), "open", _("Asked on 14 November")),
            Check(_("The township's clearance"), "blocked", _("Sent back: the costs are missing"), "#"),
        ],
        "facts": [
            (_("Number"), "2026-0418"),
            Fact(_("With"), _("Village secretary, Pearl Bay"), "#", _("Change")),
            (_("Reported"), today - timedelta(days=6)),
        ],
    }  # fmt: skip


def _drawings() -> dict[str, Any]:
    return {
        "bars": [
            Bar(_("in the grid"), 158),
            Bar(_("in the village"), 41),
            Bar(_("in the township"), 13, url="#"),
        ],
        "shapes": [
            Shape(_square(120.00, 30.00), _("Grid 01"), "#", text=_("3 matters")),
            Shape(_square(120.01, 30.00), _("Grid 02"), "#", is_highlighted=True, text=_("5 matters")),
            Shape(_square(120.00, 30.01), _("Grid 03"), "#", text=_("no matters")),
            Shape({"type": "Point", "coordinates": [120.0035, 30.0165]}, _("The lamp post")),
        ],
    }


def _square(west: float, south: float) -> dict[str, Any]:
    """A grid cell whose corners are a little off, as those of real grids are."""
    ring = [[0, 0.0012], [0.0052, 0], [0.01, 0.0012], [0.0094, 0.006], [0.01, 0.0112], [0.0052, 0.01],
            [0, 0.0112], [-0.0006, 0.006], [0, 0.0012]]  # fmt: skip
    return {"type": "Polygon", "coordinates": [[[west + x, south + y] for x, y in ring]]}
