"""The operator's pages for files: hand in, see the faults, import, look at how far it is."""

import csv
from collections.abc import Iterator

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from folkmoot.areas import services, tasks
from folkmoot.areas.forms import StartImportForm
from folkmoot.areas.imports.faults import Fault
from folkmoot.areas.imports.importer import importers
from folkmoot.areas.models import ImportRun
from folkmoot.areas.queries import get_import_run, import_runs
from folkmoot.areas.states import RunState
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import Refused, Sentence
from folkmoot.ui.components import Crumb, Fact
from folkmoot.ui.forms import seen_version
from folkmoot.ui.numbers import number_text
from folkmoot.ui.paging import listing

KINDS = {RunState.READY: "ok", RunState.DONE: "ok", RunState.FAULTY: "late", RunState.FAILED: "late"}


@door("areas.import_areas")
def import_list(request: Request) -> HttpResponse:
    """Files that came in, newest first, and the form for the next one."""
    form = StartImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            run = services.start_import(actor=request.actor, kind=said["kind"], upload=said["file"])
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("areas:import", pk=run.pk)
    context = {
        "form": form,
        "listing": listing(request, import_runs()),
        "kinds": [(importer.label, importer.columns) for _kind, importer in importers],
    }
    return render(request, "areas/import_list.html", context, status=422 if form.errors else 200)


@door("areas.import_areas")
def import_run(request: Request, pk: int) -> HttpResponse:
    """One file: how far it is, its faults, what can be done with it."""
    run = get_import_run(pk)
    state = RunState(run.state)
    _phase, done, total = tasks.told_progress(run.pk)
    context = {
        "run": run,
        "crumbs": [Crumb(_("Imports"), "../"), Crumb(run.file_name)],
        "sentence": _sentence(run),
        "kind": KINDS.get(state, "wait"),
        "is_working": state in {*tasks.NEXT_ACTS, *tasks.WORKING},
        "is_ready": state == RunState.READY,
        "is_faulty": state == RunState.FAULTY,
        "done": done,
        "total": total,
        "facts": _facts(run),
        "listing": listing(request, [Fault.from_row(row) for row in run.faults]),
    }
    return render(request, "areas/import.html", context)


def _sentence(run: ImportRun) -> Sentence:
    match run.state:
        case RunState.WAITING | RunState.CHECKING:
            return _("The file is being checked. Nothing has changed yet.")
        case RunState.READY:
            return _("All is well. Nothing has changed yet: the rows come in when you say so.")
        case RunState.FAULTY:
            return _("The file has faults. Nothing has changed.")
        case RunState.ASKED | RunState.IMPORTING:
            return _("The rows are being imported. You can leave this page.")
        case RunState.DONE:
            return _("The rows are in.")
        case RunState.DROPPED:
            return _("The file was put aside. Nothing has changed.")
        case _:
            return _("The file could not be imported. Nothing has changed.")


def _facts(run: ImportRun) -> list[Fact]:
    names = {
        "added": _("New rows"), "changed": _("Changed rows"), "unchanged": _("Rows as before"),
        "left_out": _("Faulty rows left out"),
    }  # fmt: skip
    rows = [Fact(_("Rows checked"), number_text(run.rows))] if run.rows else []
    faults = [Fact(_("Faults"), number_text(run.fault_count))] if run.fault_count else []
    outcome = [
        Fact(label, number_text(run.outcome[name])) for name, label in names.items() if run.outcome.get(name)
    ]
    return [*rows, *faults, *outcome]


@door("areas.import_areas")
@require_POST
def import_confirm(request: Request, pk: int) -> HttpResponse:
    services.confirm_import(
        actor=request.actor, run=get_import_run(pk), seen=seen_version(request),
        takes_good_rows=request.POST.get("rows") == "good",
    )  # fmt: skip
    return redirect("areas:import", pk=pk)


@door("areas.drop_import")
@require_POST
def import_drop(request: Request, pk: int) -> HttpResponse:
    services.drop_import(actor=request.actor, run=get_import_run(pk), seen=seen_version(request))
    return redirect("areas:import", pk=pk)


class _Line:
    """What csv.writer needs of a file: each row is handed on at once."""

    def write(self, text: str) -> str:
        return text


@door("areas.import_areas")
def import_faults(_request: Request, pk: int) -> StreamingHttpResponse:
    """All faults that were kept, as CSV for whoever mends the file."""
    run = get_import_run(pk)
    writer = csv.writer(_Line())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow([_("Line"), _("Column"), _("What is wrong")])
        for fault in map(Fault.from_row, run.faults):
            yield writer.writerow([fault.line, fault.column, fault.sentence])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="faults-{run.pk}.csv"'
    return response
