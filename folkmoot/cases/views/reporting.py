"""Reporting a matter in three steps, each with its own address; following it later with a code."""

import secrets
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from folkmoot.areas.models import Area
from folkmoot.areas.queries import area_by_code, search_areas
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import NotFound, Refused, TooMany
from folkmoot.cases import queries, services
from folkmoot.cases.answers import told_answers
from folkmoot.cases.drafts import Draft, keep_draft, photos_of, read_draft, start_draft
from folkmoot.cases.forms import CheckForm, ClaimForm, EnterForm, QuestionsForm, WhatForm, WhereForm
from folkmoot.cases.models import Case, Category, Publicity
from folkmoot.cases.services import Report
from folkmoot.media.models import Attachment
from folkmoot.media.services import take_photo
from folkmoot.people.queries import find_post

REPORTS_AN_HOUR = 20
CLAIMS_AN_HOUR = 30


def take_photos(request: Request, form: Any, name: str = "photos") -> list[Attachment] | None:
    """The re-encoded photos of a form; None when one was refused (the form then says why)."""
    try:
        return [take_photo(actor=request.actor, upload=upload) for upload in form.cleaned_data.get(name, [])]
    except Refused as refusal:
        form.add_error(name, str(refusal))
        return None


def check_rate(request: Request, what: str, most: int) -> None:
    """Counts acts of one address in an hour, in memory only. Raises TooMany."""
    if settings.CLOCK_MAY_BE_SET:
        most *= 50  # a demo or a test comes from one address
    key = f"{what}:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, timeout=3600)
    if cache.incr(key) > most:
        raise TooMany()


@door("cases.report_case")
def case_report(request: Request) -> HttpResponse:
    """Step 1: what is it?"""
    about = request.GET.get("about", "")
    form = WhatForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        check_rate(request, "report", REPORTS_AN_HOUR)
        photos = take_photos(request, form)
        if photos is not None:
            data = form.cleaned_data
            draft = start_draft(
                {
                    "text": data["text"], "category": data["category"], "about": about,
                    "place": request.GET.get("place", ""), "photos": [str(photo.ref) for photo in photos],
                }
            )  # fmt: skip
            return redirect("cases:report_where", ref=draft.ref)
    post = find_post(about)
    status = 422 if form.errors else 200
    context = {"form": form, "about": post, "emergency_numbers": settings.EMERGENCY_NUMBERS}
    return render(request, "cases/case_report.html", context, status=status)


@door("cases.report_case")
def report_where(request: Request, ref: UUID) -> HttpResponse:
    """Step 2: where is it? A place is found by what was typed, or chosen, or pointed to."""
    draft = read_draft(ref)
    category = _category(draft)
    typed = request.POST if request.method == "POST" else None
    places = _places_before(draft)
    form = WhereForm(typed, initial=_where_before(draft, places))
    answers = {f"q_{code}": answer for code, answer in draft.get("answers", {}).items()}
    questions = QuestionsForm(typed, questions=list(category.questions.all()), initial=answers)
    area = area_by_code(draft.get("area") or "")
    if typed is not None and form.is_valid():
        area, places = _chosen_place(form, by_words="look" in typed)
        if area is not None and questions.is_valid():
            longitude, latitude = form.point or (None, None)
            keep_draft(
                Draft(ref, draft), place_text=form.cleaned_data["place_text"], area=area.code,
                lon=longitude, lat=latitude, answers=questions.answers(),
            )  # fmt: skip
            return redirect("cases:report_check", ref=ref)
    has_point = form["lat"].value() not in (None, "") and not form.errors
    context = {
        "form": form, "questions": questions, "places": places, "ref": ref, "category": category,
        "point_area": area if has_point else None,
    }  # fmt: skip
    return render(
        request, "cases/report_where.html", context, status=422 if form.errors or questions.errors else 200
    )


def _where_before(draft: dict[str, Any], places: list[Area]) -> dict[str, Any]:
    """What was said of the place so far: for somebody who comes back to change it."""
    known = draft.get("place_text", str(places[0]) if places else "")
    return {"place_text": known, "lat": draft.get("lat"), "lon": draft.get("lon")}


def _category(draft: dict[str, Any]) -> Category:
    category = queries.category_to_choose(draft["category"])
    if category is None:
        raise NotFound()
    return category


def _places_before(draft: dict[str, Any]) -> list[Area]:
    """The place from which the report was started, offered first."""
    area = area_by_code(draft["place"]) if draft.get("place") else None
    return [area] if area else []


def _chosen_place(form: WhereForm, *, by_words: bool) -> tuple[Area | None, list[Area]]:
    """The place, when it was chosen or pointed to, or only one fits; else those to choose from.

    `by_words`: somebody asks to look for what was typed, whatever was pointed to before.
    """
    words = form.cleaned_data["place_text"]
    if form.cleaned_data["area"] is not None:
        form.forget_point()
        return form.cleaned_data["area"], []
    if by_words and words:
        form.forget_point()
    if form.point:
        try:
            area = services.place_at(*form.point)
        except Refused as refusal:
            form.forget_point()
            form.add_error("place_text", str(refusal))
            return None, []
        if area is not None:
            return area, []
    places = form.places()
    if not words:
        form.add_error("place_text", _("Please write where it is."))
    elif not places:
        form.add_error(
            "place_text", _("No place fits yet. Try the name of the lane, a landmark, or the village.")
        )
    return (places[0], []) if len(places) == 1 else (None, places)


@door("cases.report_case")
def report_check(request: Request, ref: UUID) -> HttpResponse:
    """Step 3: has somebody reported it already? Who may read it? Then it is sent, once."""
    draft = read_draft(ref)
    category = _category(draft)
    area = area_by_code(draft.get("area") or "")
    is_private = category.default_publicity == Publicity.PRIVATE or bool(draft.get("about"))
    form = CheckForm(
        request.POST or None, is_private=is_private, is_known=request.actor.is_signed_in,
        initial={"publicity": category.default_publicity},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            report = _report(draft, category, area, form.cleaned_data, ref)
            services.report_case(actor=request.actor, report=report)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("cases:report_done", ref=ref)
    similar = queries.similar_cases(category_id=category.pk, area=area, text=draft["text"]) if area else []
    context = {
        "form": form, "draft": draft, "category": category, "area": area, "similar": similar, "ref": ref,
        "is_private": is_private, "photo_count": len(draft.get("photos", [])),
        "answers": told_answers(category.questions.all(), draft.get("answers", {}), with_typed=True),
    }  # fmt: skip
    return render(request, "cases/report_check.html", context, status=422 if form.errors else 200)


def _report(
    draft: dict[str, Any], category: Category, area: Area | None, told: dict[str, Any], ref: UUID
) -> Report:
    return Report(
        category=category,
        text=draft["text"],
        area=area,
        lon=draft.get("lon"),
        lat=draft.get("lat"),
        place_text=draft.get("place_text", ""),
        publicity=told.get("publicity", ""),
        answers=draft.get("answers", {}),
        about_post=find_post(draft.get("about", "")),
        contact_name=told.get("contact_name", ""),
        contact_phone=told.get("contact_phone", ""),
        shares_contact=told.get("shares_contact", False),
        photos=list(photos_of(draft)),
        sent_key=str(ref),
        draft=Draft(ref, draft),
    )


@door("cases.report_case")
def report_done(request: Request, ref: UUID) -> HttpResponse:
    """The number and, for somebody without an account, the code to follow it. Opens the case for this session."""
    draft = read_draft(ref)
    if "number" not in draft:
        return redirect("cases:report_check", ref=ref)
    case = services.claim_case(actor=request.actor, number=draft["number"], code=draft["code"])
    remember_claim(request, case)
    steps = [
        _("Somebody signs for it. If nobody does in time, it goes up one level by itself."),
        _("You hear of every step, on its page and in your messages."),
        _("At the end you say whether it is solved. Only you can close it."),
    ]
    return render(request, "cases/report_done.html", {"case": case, "code": draft["code"], "steps": steps})


def remember_claim(request: Request, case: Case) -> None:
    """This session may follow, rate and reopen the case."""
    claims = request.session.get("claims", [])
    if case.ref not in claims:
        request.session["claims"] = [*claims, case.ref][-50:]


@door("cases.claim_case")
def case_claim(request: Request) -> HttpResponse:
    """Number and code open a case for somebody without an account."""
    form = ClaimForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        check_rate(request, "claim", CLAIMS_AN_HOUR)
        try:
            case = services.claim_case(
                actor=request.actor, number=form.cleaned_data["number"], code=form.cleaned_data["claim"]
            )
        except NotFound as missing:
            form.add_error("claim", str(missing))
        else:
            remember_claim(request, case)
            return redirect("cases:case_view", number=case.number)
    return render(request, "cases/case_claim.html", {"form": form}, status=422 if form.errors else 200)


@door("cases.enter_case")
def case_enter(request: Request) -> HttpResponse:
    """A matter taken at the counter or by phone for somebody else; the code is handed over on paper."""
    sent_key = request.POST.get("sent_key") or secrets.token_hex(16)
    form = EnterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        photos = take_photos(request, form)
        if photos is not None:
            try:
                reported = services.report_case(actor=request.actor, report=_entered(form, photos, sent_key))
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                return render(
                    request, "cases/case_entered.html", {"case": reported.case, "code": reported.claim_code}
                )
    context = {"form": form, "sent_key": sent_key}
    return render(request, "cases/case_enter.html", context, status=422 if form.errors else 200)


def _entered(form: EnterForm, photos: list[Attachment], sent_key: str) -> Report:
    told = form.cleaned_data
    return Report(
        category=form.categories[told["category"]],
        text=told["text"],
        area=told["place"],
        place_text=form.data.get("place", ""),
        contact_name=told["contact_name"],
        contact_phone=told["contact_phone"],
        shares_contact=told["shares_contact"],
        channel=told["channel"],
        on_behalf_of=told["on_behalf_of"],
        photos=photos,
        sent_key=sent_key,
    )


@door("cases.view_cases")
def similar(request: Request, ref: UUID) -> HttpResponse:
    """Matters like the one being typed, as a part of the page (htmx)."""
    draft = read_draft(ref)
    found = search_areas(request.GET.get("place_text", ""), 1)
    rows = (
        queries.similar_cases(category_id=_category(draft).pk, area=found[0], text=draft["text"])
        if found
        else []
    )
    return render(request, "cases/_similar.html", {"similar": rows})
