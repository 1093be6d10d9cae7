"""Us as a witness: what logs ask of us, which logs those are, and who witnesses ours."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from folkmoot_kernel.errors import (
    ConsistencyRefused,
    KernelError,
    NoKnownSignature,
    SignatureRefused,
    UnknownLog,
    WitnessConflict,
)
from folkmoot_kernel.witness import SIZE_TYPE, AddCheckpoint

from folkmoot.base.doors import Request, door
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import may_try
from folkmoot.journal import services
from folkmoot.journal.forms import WitnessLogForm
from folkmoot.journal.keys import verifier_keys, witness_key
from folkmoot.journal.models import WitnessedLog
from folkmoot.journal.queries import get_witnessed_log, witnessed_logs
from folkmoot.journal.shown import witness_rows
from folkmoot.ui.components import Row
from folkmoot.ui.moments import moment_text
from folkmoot.ui.paging import listing

TEXT = "text/plain; charset=utf-8"
STATUSES: dict[type[KernelError], int] = {
    NoKnownSignature: 403,
    SignatureRefused: 403,
    UnknownLog: 404,
    WitnessConflict: 409,
    ConsistencyRefused: 422,
}
MALFORMED = 400


@door("journal.cosign_checkpoint")
@csrf_exempt  # whoever asks shows the signature of a log, never a cookie
@require_POST
def checkpoint_cosign(request: Request) -> HttpResponse:
    """A cosignature for a checkpoint. Source: C2SP tlog-witness, add-checkpoint."""
    asked_size = 0
    try:
        asked = AddCheckpoint.parse(request.body)
        asked_size = asked.old_size
        signature = services.cosign_checkpoint(actor=request.actor, request=asked)
    except WitnessConflict as error:
        if error.facts["size"] == asked_size:
            return HttpResponse(str(error), content_type=TEXT, status=STATUSES[WitnessConflict])
        size = f"{error.facts['size']}\n"
        return HttpResponse(size, content_type=SIZE_TYPE, status=STATUSES[WitnessConflict])
    except KernelError as error:
        status = STATUSES.get(type(error), MALFORMED)
        return HttpResponse(str(error), content_type=TEXT, status=status)
    return HttpResponse(signature.line, content_type=TEXT)


@door("journal.view_log")
def witness_view(request: Request) -> HttpResponse:
    """The logs that we witness, our key, and who witnesses our logs."""
    return _page(request, WitnessLogForm())


@door("journal.witness_log")
@require_POST
def log_witness(request: Request) -> HttpResponse:
    form = WitnessLogForm(request.POST)
    if form.is_valid():
        try:
            services.witness_log(actor=request.actor, **form.cleaned_data)
            return redirect("journal:witness")
        except Refused as refusal:
            form.add_error("key", str(refusal))
    return _page(request, form)


@door("journal.drop_log")
@require_POST
def log_drop(request: Request, pk: int) -> HttpResponse:
    services.drop_log(actor=request.actor, log=get_witnessed_log(pk))
    return redirect("journal:witness")


def _page(request: Request, form: WitnessLogForm) -> HttpResponse:
    page, own = listing(request, witnessed_logs()), next(iter(verifier_keys()), None)
    context: dict[str, Any] = {
        "form": form if may_try(request.actor, "journal.witness_log") else None,
        "listing": page,
        "logs": [(log, _log_row(log)) for log in page.rows],
        "witnesses": witness_rows(own.name) if own else [],
        "key": witness_key().verifier.vkey,
        "address": f"{settings.ORIGIN}/witness",
        "may_drop": may_try(request.actor, "journal.drop_log"),
    }
    return render(request, "journal/witness.html", context, status=422 if form.errors else 200)


def _log_row(log: WitnessedLog) -> Row:
    if log.cosigned_at is None:
        return Row(log.name, text=log.origin, label=_("has not asked yet"), kind="wait")
    signed = {"origin": log.origin, "number": log.size, "when": moment_text(log.cosigned_at)}
    return Row(log.name, text=_("%(origin)s. Entries signed: %(number)d, last %(when)s") % signed)
