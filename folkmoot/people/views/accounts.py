"""The operator's pages: accounts of those who serve, and emergency access. Residents are never listed."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from folkmoot.areas.queries import area_by_code
from folkmoot.base import clock
from folkmoot.base.doors import Request, door
from folkmoot.people import queries, services
from folkmoot.people.forms.posts import BeginEmergencyForm
from folkmoot.people.views.forms import answered, typed
from folkmoot.ui.paging import listing


@door("people.list_accounts")
def account_list(request: Request) -> HttpResponse:
    page = listing(request, queries.staff_accounts())
    held = queries.posts_by_person([account.person_id for account in page.rows])
    context = {
        "listing": page,
        "rows": [(account, held.get(account.person_id, [])) for account in page.rows],
        "emergencies": list(queries.emergencies()[:10]),
        "now": clock.now(),
    }
    return render(request, "people/account_list.html", context)


@door("people.close_account")
@require_POST
def account_close(request: Request, pk: int) -> HttpResponse:
    services.close_account(actor=request.actor, account=queries.get_staff_account(pk))
    return redirect("people:account_list")


@door("people.reopen_account")
@require_POST
def account_reopen(request: Request, pk: int) -> HttpResponse:
    services.reopen_account(actor=request.actor, account=queries.get_staff_account(pk))
    return redirect("people:account_list")


@door("people.begin_emergency")
def emergency_begin(request: Request) -> HttpResponse:
    """Asks where, why and for how long."""
    form = BeginEmergencyForm(typed(request))
    if form.is_valid():
        area = area_by_code(form.cleaned_data["area"].strip())
        post = queries.handling_post(area) if area is not None else None
        if post is None:
            form.add_error("area", _("No post handles the matters of an area with this code."))
        else:
            begun = answered(
                form,
                lambda: services.begin_emergency(
                    actor=request.actor,
                    account=request.account,
                    post=post,
                    reason=form.cleaned_data["reason"],
                    hours=form.cleaned_data["hours"],
                ),
            )
            if begun is not None:
                return redirect("people:account_list")
    return render(request, "people/emergency_begin.html", {"form": form}, status=422 if form.errors else 200)


@door("people.end_emergency")
@require_POST
def emergency_end(request: Request, pk: int) -> HttpResponse:
    access = queries.get_emergency(pk)
    services.end_emergency(actor=request.actor, access=access)
    return redirect("people:post", pk=access.post_id)
