"""Lists of cases: what everybody may see of a place, and the staff list with filters and CSV."""

import csv
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.areas.models import Area
from folkmoot.areas.queries import area_by_code, front_area, levels
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import NotFound
from folkmoot.base.permissions import allowed
from folkmoot.cases import queries
from folkmoot.cases.answers import told_answers
from folkmoot.cases.figures import figures_of
from folkmoot.cases.forms import FilterForm, category_choices
from folkmoot.cases.in_force import days_of, numbers_of, terms_of
from folkmoot.cases.models import Case
from folkmoot.cases.queries import Degree
from folkmoot.cases.rulebook import rulebook
from folkmoot.cases.states import CaseState
from folkmoot.ui.paging import listing
from folkmoot.ui.shelf import for_everybody

MOST_EXPORTED = 100_000


@door("cases.view_cases")
@for_everybody
def case_list(request: Request, code: str = "") -> HttpResponse:
    """The matters of a place that everybody may see, newest change first."""
    area = _place(code)
    rows = queries.shown_in(area)
    context = {"area": area, "listing": listing(request, rows, keys_first=True)}
    return render(request, "cases/case_list.html", context)


def _place(code: str) -> Area:
    """The named place, or without a name the one of the front page. Raises NotFound."""
    try:
        area = area_by_code(code) if code else front_area()
    except Area.DoesNotExist as missing:
        raise NotFound(_("No place has been set up here yet.")) from missing
    if area is None:
        raise NotFound()
    return area


@door("cases.list_cases")
def staff_list(request: Request) -> HttpResponse:
    """The cases that the actor's post may know of, with filters that stay in the address bar."""
    form = filter_form(request)
    page = listing(request, chosen_cases(request.actor, form), keys_first=True)
    context = {
        "form": form,
        "listing": page,
        "rows": [(case, queries.degree(request.actor, case) == Degree.OUTLINE) for case in page.rows],
        "query": request.GET.urlencode(),
    }
    return render(request, "cases/staff_list.html", context)


def filter_form(request: Request) -> FilterForm:
    form = FilterForm(request.GET or None)
    form.fields["state"].choices = [("", _("any")), *CaseState.choices]  # type: ignore[attr-defined]
    choices = category_choices(queries.categories_to_choose())
    form.fields["category"].choices = [("", _("any")), *choices[1:]]  # type: ignore[attr-defined]
    form.fields["level"].choices = [("", _("any")), *((str(level.rank), str(level)) for level in levels())]  # type: ignore[attr-defined]
    return form


def chosen_cases(actor: Actor, form: FilterForm) -> QuerySet[Case]:
    """The cases of the actor's post that the filters leave.

    What cannot be read as a filter leaves none and is said on the form.
    """
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    area = area_by_code(chosen["area"]) if chosen.get("area") else None
    rows = queries.staff_cases(actor, area.path if area else "")
    if form.errors or (chosen.get("area") and area is None):
        return rows.none()
    return filtered(rows, chosen)


def filtered(rows: QuerySet[Case], chosen: Mapping[str, Any]) -> QuerySet[Case]:
    if chosen.get("state"):
        rows = rows.filter(state=chosen["state"])
    if chosen.get("category"):
        rows = rows.filter(category=queries.category_id(chosen["category"]))
    if chosen.get("level"):
        rows = rows.filter(rung_rank=int(chosen["level"]))
    if chosen.get("late"):
        rows = rows.filter(pk__in=queries.late_cases())
    if chosen.get("q"):
        words = chosen["q"].strip()
        rows = rows.filter(Q(number=words) | Q(title__icontains=words))
    return rows


COLUMNS = (
    "number",
    "state",
    "category",
    "area",
    "level",
    "post",
    "reported_at",
    "due_at",
    "closed_at",
    "title",
    "answers",
)


@door("cases.export_cases")
def case_export(request: Request) -> HttpResponseBase:
    """The filtered list as CSV. Of a private case below, only number, category, term and level."""
    rows = chosen_cases(request.actor, filter_form(request))[:MOST_EXPORTED]
    response = StreamingHttpResponse(_csv_lines(request, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="cases-{clock.today().isoformat()}.csv"'
    return response


class _Line:
    """A file that gives back each line, so that csv writes into the response as it goes."""

    def write(self, text: str) -> str:
        return text


def _csv_lines(request: Request, rows: QuerySet[Case]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(COLUMNS)  # the mark lets spreadsheets read the Chinese
    for case in rows.prefetch_related("category__questions").iterator(chunk_size=500):
        yield writer.writerow([_safe(value) for value in _row(request, case)])


def _safe(value: Any) -> Any:
    """A cell that a spreadsheet would run as a formula is written as text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _row(request: Request, case: Case) -> list[Any]:
    seen_as = queries.degree(request.actor, case)
    full = seen_as == Degree.FULL
    title = case.title if full else (case.summary if seen_as == Degree.SUMMARY else "")

    def local(moment: Any) -> str:
        return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""

    return [
        case.number, case.state if full else "", case.category.code, case.area.code if full else "",
        case.rung.level.code, str(case.post) if full and case.post else "",
        local(case.reported_at) if full else "", local(case.solve_due_at),
        local(case.closed_at) if full else "", title, _answers(request, case) if full else "",
    ]  # fmt: skip


def _answers(request: Request, case: Case) -> str:
    """Question and answer, one pair on a line of the cell."""
    has_part = allowed(request.actor, "cases.note_case", case)
    told = told_answers(case.category.questions.all(), case.answers, with_typed=has_part)
    return "\n".join(_("%(question)s %(answer)s") % {"question": q, "answer": a} for q, a in told)


@door("cases.view_figures")
@for_everybody
def figures(request: Request, code: str = "") -> HttpResponse:
    """How a place is doing: counted from the rows, with n, small groups protected."""
    area = _place(code)
    context = {"area": area, "quarters": figures_of(area)}
    return render(request, "cases/figures.html", context)


@door("cases.view_cases")
@for_everybody
def rules_in_force(request: Request) -> HttpResponse:
    """Which terms, numbers and days of the calendar hold today, since when, and what is to come."""
    book, today = rulebook(), clock.today()
    context = {
        "today": today,
        "terms": terms_of(book, levels(), today),
        "numbers": numbers_of(book, today),
        "days": days_of(book, today),
    }
    return render(request, "cases/rules_in_force.html", context)
