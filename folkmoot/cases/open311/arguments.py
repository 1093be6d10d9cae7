"""What an app sends, read: the arguments of a list of requests, and of a new one. An empty argument is none."""

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from folkmoot.areas.models import Area
from folkmoot.areas.queries import search_areas, valid_areas
from folkmoot.base import clock
from folkmoot.cases.forms import MOST_PHOTOS, QuestionsForm, clean_phone
from folkmoot.cases.models import Category
from folkmoot.cases.open311.errors import BadArguments
from folkmoot.cases.open311.filters import Near, RequestFilter

LONGEST_SPAN = timedelta(days=90)
MOST_ROWS = 1000
MOST_RADIUS_METRES = 50_000
MAX_DESCRIPTION = 4000
ATTRIBUTE = re.compile(r"attribute\[([^\[\]]*)\](?:\[\])?")
PLACES_NAMED = 5

Range = tuple[datetime, datetime] | None


class MomentField(forms.Field):
    """A moment in the W3C form. Without an offset it is meant in the time of the place."""

    def to_python(self, value: Any) -> datetime | None:
        if not value:
            return None
        # A plus that a client did not escape arrives as a space; the form itself has no spaces.
        text = str(value).strip().replace(" ", "+")
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or not 1900 <= moment.year <= 2200:
            raise ValidationError(_("Please write a moment such as 2026-11-20T09:00:00+08:00."))
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_default_timezone())


class WordsField(forms.CharField):
    """Several words with commas between them."""

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        text: str = super().to_python(value) or ""
        return [word.strip() for word in text.split(",") if word.strip()]

    def run_validators(self, value: Any) -> None:
        super().run_validators(",".join(value))


class RequestsForm(forms.Form):
    """The arguments of GET requests. Raises BadArguments through `wanted`."""

    service_request_id = WordsField(required=False)
    service_code = WordsField(required=False)
    status = WordsField(required=False)
    start_date = MomentField(required=False)
    end_date = MomentField(required=False)
    updated_after = MomentField(required=False)
    updated_before = MomentField(required=False)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90)
    long = forms.FloatField(required=False, min_value=-180, max_value=180)
    radius = forms.FloatField(required=False, min_value=1, max_value=MOST_RADIUS_METRES)
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)
    page_size = forms.IntegerField(required=False, min_value=1, max_value=MOST_ROWS)
    extensions = forms.ChoiceField(required=False, choices=[("true", ""), ("false", "")])

    def clean_status(self) -> list[str]:
        for word in self.cleaned_data["status"]:
            if word not in ("open", "closed"):
                raise ValidationError(_("“%(word)s” is neither open nor closed.") % {"word": word})
        return list(self.cleaned_data["status"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        point = [name for name in ("lat", "long", "radius") if data.get(name) is not None]
        if point and not self.errors:
            for name in sorted({"lat", "long", "radius"} - set(point)):
                self.add_error(name, _("lat, long and radius (in metres) belong together."))
        return data


def read_filter(data: QueryDict) -> RequestFilter:
    """The filter of GET requests. Raises BadArguments."""
    names = ("service_request_id", "service_code", "status")  # "can be declared multiple times"
    form = RequestsForm({**data.dict(), **{name: ",".join(data.getlist(name)) for name in names}})
    found = cleaned(form)
    updated = span("updated_after", "updated_before", found)
    asks_for_dates = found["start_date"] or found["end_date"] or updated is None
    return RequestFilter(
        numbers=tuple(found["service_request_id"]),
        codes=tuple(found["service_code"]),
        statuses=frozenset(found["status"]),
        requested=span("start_date", "end_date", found, default=True) if asks_for_dates else None,
        updated=updated,
        near=Near(found["lat"], found["long"], found["radius"]) if found["lat"] is not None else None,
        page=found["page"] or 1,
        page_size=found["page_size"] or MOST_ROWS,
        extended=found["extensions"] == "true",
    )


def span(first: str, last: str, found: dict[str, Any], *, default: bool = False) -> Range:
    """The time between two arguments, of which one may be missing: at most 90 days, by default the last 90."""
    begin, end = found[first], found[last]
    if begin is None and end is None:
        return (clock.now() - LONGEST_SPAN, clock.now()) if default else None
    begin = begin or end - LONGEST_SPAN
    end = end or begin + LONGEST_SPAN
    if not timedelta(0) <= end - begin <= LONGEST_SPAN:
        words = {"first": first, "last": last, "days": LONGEST_SPAN.days}
        raise BadArguments([_("%(last)s lies 0 to %(days)d days after %(first)s.") % words])
    return begin, end


def cleaned(form: forms.Form, name_of: str = "%s") -> dict[str, Any]:
    """The values of a form. Raises BadArguments with each argument by its name."""
    if form.is_valid():
        return form.cleaned_data
    raise BadArguments(
        [
            _("%(argument)s: %(what)s") % {"argument": name_of % name.removeprefix("q_"), "what": what}
            for name, found in form.errors.items()
            for what in found
        ]
    )


class ReportForm(forms.Form):
    """The arguments of POST requests, without attributes and media. `device_id` and `account_id` are not read."""

    lat = forms.FloatField(required=False, min_value=-90, max_value=90)
    long = forms.FloatField(required=False, min_value=-180, max_value=180)
    address_string = forms.CharField(required=False, max_length=200)
    address_id = forms.CharField(required=False, max_length=40)
    email = forms.EmailField(required=False)
    phone = forms.CharField(required=False, max_length=30)
    first_name = forms.CharField(required=False, max_length=40)
    last_name = forms.CharField(required=False, max_length=40)
    description = forms.CharField(required=False, max_length=MAX_DESCRIPTION)
    media_url = forms.CharField(required=False, max_length=1000)

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])

    def clean_address_id(self) -> Area | None:
        code = self.cleaned_data["address_id"]
        area = valid_areas().filter(code=code).first() if code else None
        if code and area is None:
            raise ValidationError(_("There is no place with the code %(code)s.") % {"code": code})
        return area

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        has = {name: data[name] is not None for name in ("lat", "long")}
        if has["lat"] != has["long"]:
            self.add_error("long" if has["lat"] else "lat", _("lat and long belong together."))
        elif not has["lat"] and data["address_id"] is None:
            data["address_id"] = self._place_by_words(data["address_string"])
        return data

    def _place_by_words(self, words: str) -> Area | None:
        """The one place that an address means."""
        if not words:
            self.add_error(
                "lat", _("Please say where it is: lat and long, or address_string, or address_id.")
            )
            return None
        found = search_areas(words, PLACES_NAMED)
        if len(found) == 1:
            return found[0]
        if not found:
            self.add_error("address_string", _("No place fits. Send lat and long, or address_id."))
            return None
        named = ", ".join(f"{area.code} ({area})" for area in found)
        several = _("Several places fit, such as %(places)s. Send lat and long, or address_id.")
        self.add_error("address_string", several % {"places": named})
        return None


def read_answers(data: QueryDict, category: Category) -> dict[str, Any]:
    """The answers to the category's questions from `attribute[CODE]`. Raises BadArguments."""
    questions = list(category.questions.all())
    known = {question.code for question in questions}
    sent: MultiValueDict[str, str] = MultiValueDict()
    for name in data:
        match = ATTRIBUTE.fullmatch(name)
        if match is None:
            continue
        if match[1] not in known:
            words = {"argument": name, "code": category.code}
            raise BadArguments([_("%(argument)s: the service %(code)s has no such attribute.") % words])
        for value in data.getlist(name):
            sent.appendlist(f"q_{match[1]}", value)
    form = QuestionsForm(sent, questions=questions)
    cleaned(form, "attribute[%s]")
    return form.answers()


def read_photos(files: "MultiValueDict[str, UploadedFile]") -> list[UploadedFile]:
    """The pictures sent as `media`. Raises BadArguments when there are too many."""
    photos = files.getlist("media")
    if len(photos) > MOST_PHOTOS:
        raise BadArguments([_("media: at most %(most)d photos fit.") % {"most": MOST_PHOTOS}])
    return photos
