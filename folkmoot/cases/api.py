"""Matters over REST: read what everybody may see, and report one without an account."""

from typing import Annotated, Any

from django.forms import Form
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router
from ninja.responses import Status

from folkmoot.areas.queries import get_area
from folkmoot.areas.schemas import Code, area_row
from folkmoot.base.doors import Request, door
from folkmoot.cases import queries, services
from folkmoot.cases.figures import figures_of
from folkmoot.cases.forms import CheckForm, QuestionsForm, WhatForm, WhereForm
from folkmoot.cases.models import Category, Publicity
from folkmoot.cases.queries import Degree
from folkmoot.cases.schemas import (
    CaseOut,
    CasesOut,
    CategoriesOut,
    FiguresOut,
    ReportedOut,
    ReportIn,
    case_out,
    case_row,
    category_out,
    quarter_out,
)
from folkmoot.cases.services import Report
from folkmoot.cases.states import CaseState
from folkmoot.cases.views.reporting import REPORTS_AN_HOUR, check_rate
from folkmoot.people.models import Post
from folkmoot.people.queries import find_post
from folkmoot.ui.paging import listing
from folkmoot.ui.wire import Fault, Faulty, address_of, fault

router = Router(tags=["cases"])


@router.get("/categories", response=CategoriesOut, summary="The kinds of matters, with their questions")
@door("cases.report_case")
def list_categories(request: Request) -> CategoriesOut:
    categories = [category for category in queries.categories_to_choose() if category.parent]
    return CategoriesOut(categories=[category_out(category) for category in categories])


@router.get("/areas/{code}/cases", response=CasesOut, summary="The matters of a place that everybody may see")
@door("cases.view_cases")
def cases_of_area(
    request: Request,
    code: Code,
    state: CaseState | None = None,
    category: Annotated[str | None, Query(max_length=40, description="code of a category")] = None,
    page: Annotated[int, Query(ge=1, le=999_999)] = 1,
) -> CasesOut:
    """25 on a page, the newest change first."""
    rows = queries.shown_in(get_area(code)).select_related("area__level")
    if state is not None:
        rows = rows.filter(state=state)
    if category is not None:
        rows = rows.filter(category=_category(category))
    found = listing(request, rows)
    address = request.GET.copy()
    address["page"] = str(found.number + 1)
    return CasesOut(
        cases=[case_row(case) for case in found.rows],
        page=found.number,
        total=found.total,
        next=request.build_absolute_uri(f"?{address.urlencode()}") if found.has_next else None,
    )


def _category(code: str) -> Category:
    """Raises Faulty when no such kind can be chosen."""
    found = queries.category_to_choose(code)
    if found is None:
        sentence = _("There is no kind of matter with the code %(code)s.") % {"code": code}
        raise Faulty([fault("query", ["category"], sentence)])
    return found


@router.get("/areas/{code}/figures", response=FiguresOut, summary="How a place is doing")
@door("cases.view_figures")
def figures_of_area(request: Request, code: Code) -> FiguresOut:
    """The last four quarters in which anything was counted. Small groups are not shown."""
    area = get_area(code)
    return FiguresOut(area=area_row(area), quarters=[quarter_out(quarter) for quarter in figures_of(area)])


@router.get("/cases/{number}", response=CaseOut, summary="One matter, with its public timeline")
@door("cases.view_case")
def view_case(
    request: Request, number: Annotated[str, Path(max_length=20, description="such as 2026-000418")]
) -> CaseOut:
    """What is not shown to everybody is not found."""
    case = queries.get_case(request.actor, number)
    in_full = queries.degree(request.actor, case) == Degree.FULL
    return case_out(case, queries.timeline(case, with_private=False), in_full=in_full)


@router.post("/cases", response={201: ReportedOut, 200: ReportedOut}, summary="Report a matter")
@door("cases.report_case")
def report_case(request: Request, report: ReportIn, response: HttpResponse) -> Status[ReportedOut]:
    """Without an account. Keep the code: it is shown once, and opens the matter at `follow_url`.

    200 instead of 201 when the same `sent_key` had been sent before.
    """
    checked = _checked(report)
    check_rate(request, "report", REPORTS_AN_HOUR)
    reported = services.report_case(actor=request.actor, report=checked)
    response["Cache-Control"] = "no-store"
    told = ReportedOut(
        number=reported.case.number,
        claim_code=reported.claim_code or None,
        follow_url=address_of("cases:claim"),
    )
    return Status(201 if reported.is_new else 200, told)


def _checked(sent: ReportIn) -> Report:
    """The report, after the same forms that a page uses. Raises Faulty with all that is wrong."""
    what = WhatForm(sent.model_dump(include={"text", "category"}))
    faults = _faults(what)
    category = what.categories.get(sent.category)
    where = WhereForm(sent.model_dump(include={"place_text", "lat", "lon", "area"}))
    where.fields["place_text"].required = False  # other software knows the code or the point
    faults += _faults(where, place_text="area" if sent.area else "place_text")
    about = _about_post(sent, faults)
    answers = _answers(sent, category, faults) if category else {}
    default = Publicity(category.default_publicity) if category else Publicity.PRIVATE
    told = sent.model_dump(include={"publicity", "contact_name", "contact_phone", "shares_contact"})
    told["publicity"] = sent.publicity or default
    is_private = default == Publicity.PRIVATE or about is not None
    check = CheckForm(told, is_private=is_private, is_known=False)
    faults += _faults(check)
    if faults or category is None:
        raise Faulty(faults)
    return Report(
        category=category,
        text=what.cleaned_data["text"],
        area=where.cleaned_data["area"],
        lat=where.cleaned_data["lat"],
        lon=where.cleaned_data["lon"],
        place_text=where.cleaned_data["place_text"],
        publicity=check.cleaned_data.get("publicity", ""),
        answers=answers,
        about_post=about,
        contact_name=check.cleaned_data["contact_name"],
        contact_phone=check.cleaned_data["contact_phone"],
        shares_contact=check.cleaned_data["shares_contact"],
        sent_key=f"api:{sent.sent_key}" if sent.sent_key else "",
    )


def _about_post(sent: ReportIn, faults: list[Fault]) -> Post | None:
    if sent.about_post is None:
        return None
    post = find_post(str(sent.about_post))
    if post is None:
        faults.append(fault("body", ["about_post"], _("There is no such post.")))
    return post


def _answers(sent: ReportIn, category: Category, faults: list[Fault]) -> dict[str, Any]:
    """The answers that fit the category's questions; what does not is added to `faults`."""
    questions = list(category.questions.all())
    form = QuestionsForm({f"q_{code}": value for code, value in sent.answers.items()}, questions=questions)
    names = {f"q_{question.code}": ["answers", question.code] for question in questions}
    faults += [fault("body", names[name], str(each)) for name, said in form.errors.items() for each in said]
    unknown = sorted(sent.answers.keys() - {question.code for question in questions})
    faults += [fault("body", ["answers", code], _("There is no such question.")) for code in unknown]
    return form.answers() if form.is_valid() else {}


def _faults(form: Form, **renamed: str) -> list[Fault]:
    """What a form says, by the names of the wire where these differ from its fields."""
    return [
        fault("body", [renamed.get(name, name)], str(each))
        for name, said in form.errors.items()
        for each in said
    ]
