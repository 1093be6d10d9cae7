"""What the answers hold: plain structures that render.py writes as XML or JSON. Names are the standard's."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from folkmoot.areas.models import Area, in_reader_language
from folkmoot.cases import timeline
from folkmoot.cases.answers import choices_of
from folkmoot.cases.models import Case, Category, CategoryQuestion, Publicity
from folkmoot.cases.open311.arguments import MAX_DESCRIPTION
from folkmoot.cases.open311.render import CONTENT_TYPES, moment
from folkmoot.cases.services.reporting import Reported
from folkmoot.cases.states import HANDLED_STATES

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"

Absolute = Callable[[str], str]  # the whole address of a path of ours
Body = dict[str, Any]


def discovery(absolute: Absolute, changed_at: datetime) -> Body:
    """Where the endpoint is and what it speaks. Source: wiki.open311.org/Service_Discovery."""
    changeset = moment(changed_at, ZoneInfo("UTC"))  # in UTC it can be sorted as text
    endpoint = {
        "specification": SPECIFICATION,
        "url": absolute(reverse("cases:open311:openapi").removesuffix("/openapi.json")),
        "changeset": changeset,
        "type": "test" if settings.DEMO else "production",
        "formats": [content_type.split(";")[0] for content_type in CONTENT_TYPES.values()],
    }
    return {
        "changeset": changeset,
        "contact": _("Who serves this place and how to reach them: %(address)s") % {"address": absolute("/")},
        "key_service": _("The operator of this place gives a key to each app. Ask through the contact."),
        "endpoints": [endpoint],
    }


def service(category: Category) -> Body:
    keywords = in_reader_language(category.keywords, category.keywords_zh)
    words = {"kind": category, "who": Publicity(category.default_publicity).label}
    return {
        "service_code": category.code,
        "service_name": str(category),
        "description": _("%(kind)s. Who can read such a report: %(who)s.") % words,
        "metadata": bool(category.questions.all()),
        "type": "realtime",
        "keywords": ", ".join(word.strip() for word in re.split(r"[|,，、]", keywords) if word.strip()),
        "group": str(category.parent),
    }


def service_definition(category: Category) -> Body:
    questions = category.questions.all()
    attributes = [attribute(question, order) for order, question in enumerate(questions, start=1)]
    return {"service_code": category.code, "attributes": attributes}


def attribute(question: CategoryQuestion, order: int) -> Body:
    return {
        "variable": True,
        "code": question.code,
        "datatype": question.datatype,
        "required": question.required,
        "datatype_description": _hint(question.datatype),
        "order": order,
        "description": str(question),
        "values": [{"key": key, "name": name} for key, name in choices_of(question)],
    }


def _hint(datatype: str) -> str | None:
    kinds = CategoryQuestion.Datatype
    hints = {
        kinds.NUMBER: _("a number"),
        kinds.DATETIME: _("day and time, such as 2026-11-20T09:00:00+08:00"),
    }
    return hints.get(kinds(datatype))


def request(case: Case, absolute: Absolute, *, extended: bool) -> Body:
    """A case as everybody may see it: a public one in full, another by its approved summary, without its point.

    Shapes: a row of queries.open311_cases.
    """
    is_public = case.publicity == Publicity.PUBLIC
    sentence, why_due, _kind = timeline.verdict(case)
    zone = ZoneInfo(settings.TIME_ZONE)
    told = {
        "service_request_id": case.number,
        "status": "open" if case.is_open else "closed",
        "status_notes": sentence,
        "service_name": str(case.category),
        "service_code": case.category.code,
        "description": _shortened(case.text if is_public else case.summary),
        "agency_responsible": _agency(case),
        "service_notice": why_due,
        "requested_datetime": moment(case.reported_at, zone),
        "updated_datetime": moment(_updated_at(case), zone),
        "expected_datetime": moment(expected_at(case), zone),
        "address": _address(case.area, case.place_text if is_public else ""),
        "address_id": case.area.code,
        "zipcode": None,
        "lat": case.lat if is_public else None,
        "long": case.lon if is_public else None,
        "media_url": _photo(case, absolute) if is_public else None,
    }
    return told | ({"extended_attributes": _extension(case, absolute)} if extended else {})


def expected_at(case: Case) -> datetime | None:
    """The deadline that the page names: none while the work is paused, answered or over."""
    return case.solve_due_at if case.state in HANDLED_STATES and not case.is_paused else None


def _updated_at(case: Case) -> datetime:
    """ "For requests with status=closed, this will be the date the request was closed." """
    return (None if case.is_open else case.closed_at) or case.changed_at


def _shortened(text: str) -> str:
    """The standard's 4,000 characters; the page has the rest."""
    return text if len(text) <= MAX_DESCRIPTION else text[: MAX_DESCRIPTION - 1] + "…"


def _agency(case: Case) -> str | None:
    return str(case.post.organization or case.post) if case.post else None


def _address(area: Area, place_text: str) -> str:
    """From the most specific to the more general: what the reporter wrote, the place, the two around it."""
    around = [area, area.parent, area.parent.parent if area.parent else None]
    return ", ".join([*([place_text] if place_text else []), *(str(step) for step in around if step)])


def _photo(case: Case, absolute: Absolute) -> str | None:
    ref = getattr(case, "photo_ref", None)
    return absolute(reverse("cases:photo", args=[case.number, ref, "full"])) if ref else None


def _extension(case: Case, absolute: Absolute) -> Body:
    """What the standard has no word for, as our own pages say it."""
    return {
        "state": case.state,
        "level": case.rung.level.code,
        "unit": case.area.code,
        "post": str(case.post) if case.post else None,
        "page_url": absolute(reverse("cases:case_view", args=[case.number])),
    }


def reported(found: Reported, absolute: Absolute, *, has_media_url: bool) -> Body:
    """The number, what happens next, and as `token` the code with which the reporter follows her case."""
    sentence, why_due, _kind = timeline.verdict(found.case)
    follow = _("With the number and the code %(code)s the reporter can follow and close it: %(address)s") % {
        "code": found.claim_code, "address": absolute(reverse("cases:claim")),
    }  # fmt: skip
    link = _(
        "The address in media_url was kept as text; we never open it. Send pictures as files named media."
    )
    notice = [sentence, why_due, follow, link if has_media_url else ""]
    return {
        "service_request_id": found.case.number,
        "token": found.claim_code,
        "service_notice": " ".join(part for part in notice if part),
        "account_id": None,
    }
