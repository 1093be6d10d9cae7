"""What the operator and the keepers of the map fill in."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

from folkmoot.areas.boundaries import BrokenBoundary, read_boundary
from folkmoot.areas.imports.areas import is_code
from folkmoot.areas.imports.importer import importers
from folkmoot.areas.models import Area, ChangeReason
from folkmoot.areas.services import Fresh
from folkmoot.areas.services.changing import DAY_HAS_PASSED
from folkmoot.base import clock

PLAIN = {"spellcheck": "false", "autocomplete": "off"}
MAX_BOUNDARY_BYTES = 1_500_000
MOST_PARTS = 6


class StartImportForm(forms.Form):
    kind = forms.ChoiceField(label=_("What are the rows?"))
    file = forms.FileField(
        label=_("File"), help_text=_("CSV in UTF-8, XLSX or GeoJSON."),
        error_messages={
            "required": _("Please choose a file."), "empty": _("This file is empty."),
        },
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = self.fields["kind"]
        assert isinstance(kinds, forms.ChoiceField)
        kinds.choices = [(kind, importer.label) for kind, importer in importers]


class ChangeForm(forms.Form):
    """What every change of the map asks: from which day, why."""

    on = forms.DateField(
        label=_("From which day?"), help_text=_("The first day of what is new. A later day is planned and comes by itself."),
        input_formats=["%Y-%m-%d"], widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Please choose a day."), "invalid": _("Please write the day like 2026-11-20."),
        },
    )  # fmt: skip
    reason = forms.ChoiceField(
        label=_("Why?"), choices=ChangeReason.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one of the three reasons.")},
    )  # fmt: skip
    note = forms.CharField(label=_("In your own words"), max_length=300, required=False)

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on < clock.today():
            raise forms.ValidationError(DAY_HAS_PASSED, code="past")
        return on

    @property
    def is_later(self) -> bool:
        """Whether the change is to be planned, not made."""
        return self.is_valid() and self.cleaned_data["on"] > clock.today()


def short_name() -> forms.CharField:
    return forms.CharField(
        label=_("Short name"), max_length=40, widget=forms.TextInput(PLAIN),
        help_text=_("Latin letters, digits, “-” and “_”; never used before."),
        validators=[_check_short_name],
        error_messages={"required": _("Please give it a short name.")},
    )  # fmt: skip


def _check_short_name(typed: str) -> None:
    if not is_code(typed):
        raise forms.ValidationError(_("Please use Latin letters, digits, “-” and “_” only."))


def name() -> forms.CharField:
    return forms.CharField(
        label=_("Name of the place in English"),
        max_length=120,
        error_messages={"required": _("Please give it a name.")},
    )


def name_zh() -> forms.CharField:
    return forms.CharField(label=_("Name of the place in Chinese"), max_length=120, required=False)


class RenameAreaForm(ChangeForm):
    name = name()
    name_zh = name_zh()
    field_order = ("name", "name_zh")


class MergeAreasForm(ChangeForm):
    others = forms.MultipleChoiceField(
        label=_("Merge it with"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one.")},
    )  # fmt: skip
    short = short_name()
    name = name()
    name_zh = name_zh()
    field_order = ("others", "short", "name", "name_zh")

    def __init__(self, *args: Any, sisters: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = self.fields["others"]
        assert isinstance(others, forms.MultipleChoiceField)
        others.choices = [(sister.code, str(sister)) for sister in sisters]

    def into(self) -> Fresh:
        said = self.cleaned_data
        return Fresh(said["short"], said["name"], said["name_zh"])


class SplitAreaForm(ChangeForm):
    """Two parts or more. Boundaries come in one file; on the second look they stay in the page as text."""

    boundaries = forms.FileField(
        label=_("Boundaries of the parts"), required=False, allow_empty_file=True,
        help_text=_("A GeoJSON file in which each feature has the short name of its part as “code”."),
    )  # fmt: skip
    edges = forms.CharField(required=False, widget=forms.HiddenInput, max_length=MAX_BOUNDARY_BYTES)

    def __init__(self, *args: Any, parts: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = range(1, parts + 1)
        for number in self.numbers:
            for field, made in self._part(number).items():
                self.fields[f"{field}_{number}"] = made
        self.fields["heir"] = forms.ChoiceField(
            label=_("Which part takes over the rest?"), widget=forms.RadioSelect,
            choices=[(str(n), _("Part %(number)d") % {"number": n}) for n in self.numbers],
            help_text=_("Posts, and all that no boundary and no list gives to another part."),
            error_messages={"required": _("Please choose the part that takes over the rest.")},
        )  # fmt: skip
        per_part = [f"{field}_{n}" for n in self.numbers for field in ("short", "name", "name_zh", "homes")]
        self.order_fields([*per_part, "boundaries", "heir", "on", "reason", "note"])

    def _part(self, number: int) -> dict[str, forms.Field]:
        fields: dict[str, forms.Field] = {"short": short_name(), "name": name(), "name_zh": name_zh()}
        fields["homes"] = forms.CharField(
            label=_("Households that go there"), help_text=_("Their codes, one on a line."), required=False,
            max_length=20_000, widget=forms.Textarea({"rows": 2, **PLAIN}),
        )  # fmt: skip
        for field in fields.values():
            field.label = _("Part %(number)d: %(label)s") % {"number": number, "label": field.label}
        return fields

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        upload: UploadedFile | None = said.get("boundaries")
        text = upload.read(MAX_BOUNDARY_BYTES + 1) if upload else said.get("edges", "")
        try:
            self.drawn = edges_by_code(text) if text else {}
        except BrokenBoundary as broken:
            self.add_error("boundaries", str(broken.sentence))
            self.drawn = {}
        if text and not self.errors:
            data = cast(QueryDict, self.data).copy()
            data["edges"] = text.decode() if isinstance(text, bytes) else text
            self.data = data
        return said

    def parts(self) -> list[Fresh]:
        said = self.cleaned_data
        return [
            Fresh(
                said[f"short_{n}"], said[f"name_{n}"], said[f"name_zh_{n}"],
                edge=self.drawn.get(said[f"short_{n}"]), households=frozenset(said[f"homes_{n}"].split()),
            )
            for n in self.numbers
        ]  # fmt: skip

    def heir(self) -> str:
        return str(self.cleaned_data[f"short_{self.cleaned_data['heir']}"])


def edges_by_code(text: str | bytes) -> dict[str, BaseGeometry]:
    """The boundaries of a small FeatureCollection. Raises BrokenBoundary."""
    if len(text) > MAX_BOUNDARY_BYTES:
        raise BrokenBoundary(_("The file with the boundaries is too large."))
    try:
        features = json.loads(text)["features"]
        geometries = {str(each["properties"]["code"]): each["geometry"] for each in features}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BrokenBoundary(_("this is no GeoJSON FeatureCollection")) from error
    return {code: read_boundary(geometry) for code, geometry in geometries.items()}
