"""The audit of who took a paper: named, drawn and shown to everybody; the sample itself to two observers alone."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from folkmoot.ballots import forms, queries, services
from folkmoot.ballots.models import Drawn
from folkmoot.ballots.views.frame import act_page, crumbs, find_poll, unkept
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import NotFound
from folkmoot.ui.shelf import for_everybody

audit_begin = act_page(
    "ballots.begin_audit", forms.BeginAuditForm, services.begin_audit,
    title=gettext_lazy("Have it checked who took a paper"), button=gettext_lazy("Name these two"),
    hints=(
        gettext_lazy("Two observers ask some of those on the list: did you take a paper yourself?"),
        gettext_lazy("Name two people who hold no post in this place, above it or at the desk."),
    ),
)  # fmt: skip
sample_draw = act_page(
    "ballots.draw_sample", forms.DrawSampleForm, services.draw_sample,
    title=gettext_lazy("Draw those who are asked"), button=gettext_lazy("Draw them"),
    hints=(
        gettext_lazy("Throw dice in front of the observers, six times or more. Write down the number that they show."),
        gettext_lazy("It can be written down once. Only the observers see whom it draws."),
    ),
    back="ballots:audit_view",
)  # fmt: skip
audit_sign = act_page(
    "ballots.sign_audit", forms.PollActForm, services.sign_audit,
    title=gettext_lazy("Sign the answers"), button=gettext_lazy("They are right: I sign"),
    hints=(
        gettext_lazy("Sign if the number is the one that was thrown, and if the answers are those you were given."),
        gettext_lazy("With the second signature the names and their answers are erased. Only the numbers stay."),
    ),
    back="ballots:audit_view",
)  # fmt: skip


@door("ballots.view_poll")
@for_everybody
def audit_view(request: Request, code: str) -> HttpResponse:
    """How the audit stands, what it found, and how anybody draws the sample again."""
    poll = queries.get_poll(request.actor, code)
    audit = queries.audit_of(poll)
    if audit is None:
        raise NotFound()
    places = queries.sample_size(audit) if audit.number else 0
    context = {
        "poll": poll, "audit": audit, "crumbs": crumbs(poll, _("Who took a paper?")),
        "outcome": queries.audit_outcome(audit) if audit.is_ended else "",
        "seed": queries.seed_of_audit(audit), "checkpoint": audit.checkpoint,
        "places": places,
        "is_dropped": bool(audit.number) and not audit.is_ended and not queries.drawn_voters(poll).exists(),
        "recipe": queries.recipe_of_draw(audit, places) if places else "",
    }  # fmt: skip
    return render(request, "ballots/audit_view.html", context)


@door("ballots.view_sample")
def sample_view(request: Request, code: str) -> HttpResponse:
    """Whom the observers ask, with what each has said so far."""
    poll = find_poll(request, code, "ballots.view_sample")
    rows = list(queries.drawn_voters(poll))
    audit = queries.audit_of(poll)
    context = {
        "poll": poll, "audit": audit, "rows": rows, "crumbs": crumbs(poll, _("Whom to ask")),
        "left": sum(not row.answer for row in rows), "tries": services.TRIES,
    }  # fmt: skip
    return unkept(render(request, "ballots/sample_view.html", context))


@door("ballots.answer_sample")
@require_POST
def sample_answer(request: Request, code: str, entry: UUID) -> HttpResponse:
    poll = find_poll(request, code, "ballots.answer_sample")
    row = queries.get_drawn(poll, entry)
    said = request.POST.get("answer", "")
    if said not in Drawn.Answer.values:
        raise NotFound()
    services.answer_sample(actor=request.actor, poll=poll, drawn=row, answer=said)
    messages.success(request, _("Written down: %(name)s.") % {"name": row})
    return redirect("ballots:view_sample", code=poll.code)


@door("ballots.view_sample")
def sample_proof(request: Request, code: str) -> HttpResponse:
    """That those drawn stand at the places drawn of the lists whose roots are in the log; without their names."""
    poll = find_poll(request, code, "ballots.view_sample")
    audit = queries.audit_of(poll)
    if audit is None or not audit.number or audit.is_ended:
        raise NotFound()
    response = JsonResponse(queries.sample_with_proofs(audit), json_dumps_params={"indent": 1})
    response.headers["Content-Disposition"] = f'attachment; filename="sample-{poll.code}.json"'
    return unkept(response)
