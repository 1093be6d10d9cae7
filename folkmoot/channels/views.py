"""Inbox, preferences, and the operator's view of the outbox."""

from datetime import timedelta

from django.contrib import messages as notes
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from folkmoot.base import clock
from folkmoot.base.doors import Request, door
from folkmoot.base.errors import Refused
from folkmoot.channels import addresses, providers, queries, services
from folkmoot.channels.forms import OfferAddressForm, SetPreferencesForm
from folkmoot.channels.models import Message
from folkmoot.channels.notices_text import text_of
from folkmoot.ui.components import Crumb, Fact, Row
from folkmoot.ui.moments import moment_text
from folkmoot.ui.numbers import number_text
from folkmoot.ui.paging import listing

LATE_AFTER = timedelta(minutes=10)


@door("channels.list_messages")
@require_safe
def inbox(request: Request) -> HttpResponse:
    assert request.actor.person_id is not None
    found = listing(request, queries.messages_of(request.actor.person_id))
    context = {
        "listing": found,
        "rows": [message_row(message) for message in found.rows],
        "unread": queries.unread_count(request.actor),
    }
    return render(request, "channels/inbox.html", context)


def message_row(message: Message) -> Row:
    text = text_of(message.notice, message.params)
    return Row(
        title=text.subject, url=reverse("channels:message", args=[message.pk]), when=message.at, text=text.body,
        label="" if message.read_at else _("Not read yet"), kind="wait",
    )  # fmt: skip


@door("channels.mark_read")
@require_GET
def message(request: Request, message_id: int) -> HttpResponse:
    """Opens a message: it counts as read, and the thing itself is shown."""
    assert request.actor.person_id is not None
    opened = queries.get_message(request.actor.person_id, message_id)
    services.mark_read(actor=request.actor, message=opened)
    if url_has_allowed_host_and_scheme(opened.url, allowed_hosts=None):
        return HttpResponseRedirect(opened.url)
    text = text_of(opened.notice, opened.params)
    context = {"message": opened, "text": text, "crumbs": crumbs_to(text.subject)}
    return render(request, "channels/message.html", context)


def crumbs_to(label: str) -> list[Crumb]:
    return [Crumb(_("Messages"), reverse("channels:inbox")), Crumb(label)]


@door("channels.mark_all_read")
@require_POST
def all_mark_read(request: Request) -> HttpResponse:
    services.mark_all_read(actor=request.actor)
    return redirect("channels:inbox")


@door("channels.set_preferences")
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: Request) -> HttpResponse:
    person = request.account.person
    chosen = queries.preference_of(person)
    form = SetPreferencesForm(
        request.POST or None,
        initial={name: getattr(chosen, name) for name in SetPreferencesForm.base_fields},
    )
    if request.method == "POST" and form.is_valid():
        services.set_preferences(actor=request.actor, **form.cleaned_data)
        notes.success(request, _("Done: from now on we write to you like this."))
        return redirect("channels:preferences")
    context = {
        "form": form,
        "has_address": bool(person.email),
        "crumbs": crumbs_to(_("How you hear from us")),
    }
    return render(request, "channels/preferences.html", context, status=422 if form.errors else 200)


@door("channels.offer_address")
@require_http_methods(["GET", "HEAD", "POST"])
def address_offer(request: Request) -> HttpResponse:
    """Asks for an e-mail address and sends the link that switches it on."""
    form = OfferAddressForm(request.POST or None)
    sent_to = ""
    if request.method == "POST" and form.is_valid():
        try:
            addresses.offer_address(actor=request.actor, address=form.cleaned_data["address"])
            sent_to = form.cleaned_data["address"]
        except Refused as refusal:
            form.add_error("address", str(refusal))
    context = {"form": form, "sent_to": sent_to, "crumbs": crumbs_to(_("Your e-mail address"))}
    return render(request, "channels/address_offer.html", context, status=422 if form.errors else 200)


@door("channels.confirm_address")
@require_http_methods(["GET", "HEAD", "POST"])
def address_confirm(request: Request, token: str) -> HttpResponse:
    """The page behind the link: one button, so that a mail program which opens links switches nothing on."""
    address = addresses.address_in(request.actor, token)
    if request.method == "POST":
        addresses.confirm_address(actor=request.actor, token=token)
        notes.success(request, _("Done: from now on we write to this address."))
        return redirect("channels:preferences")
    context = {"address": address, "crumbs": crumbs_to(_("Your e-mail address"))}
    return render(request, "channels/address_confirm.html", context)


@door("channels.drop_address")
@require_POST
def address_drop(request: Request) -> HttpResponse:
    addresses.drop_address(actor=request.actor)
    notes.success(request, _("Done: we send no e-mail to you any more."))
    return redirect("channels:preferences")


@door("channels.view_outbox")
@require_safe
def outbox(request: Request) -> HttpResponse:
    depth = queries.outbox_depth()
    sentence, kind = verdict_on(depth)
    found = listing(request, queries.dead_letters())
    labels = {way.name: way.label for way in providers.PROVIDERS}
    context = {
        "listing": found,
        "rows": [(delivery, labels.get(delivery.provider, delivery.provider)) for delivery in found.rows],
        "sentence": sentence,
        "kind": kind,
        "facts": [
            Fact(_("Waiting"), number_text(depth.waiting)),
            Fact(_("Being sent"), number_text(depth.claimed)),
            Fact(_("Tried in vain, tried again later"), number_text(depth.failing)),
            Fact(_("Given up"), number_text(depth.dead)),
            Fact(
                _("Ways out of the house"),
                ", ".join(str(way.label) for way in providers.set_up().values()) or _("none is set up"),
            ),
        ],
    }
    return render(request, "channels/outbox.html", context)


def verdict_on(depth: queries.OutboxDepth) -> tuple[str, str]:
    """The state of the outbox in one sentence, and how bad it is."""
    if depth.late_since is not None and clock.now() - depth.late_since > LATE_AFTER:
        return _("Letters wait too long: the oldest since %(when)s.") % {
            "when": moment_text(depth.late_since)
        }, "late"
    if depth.failing:
        told = ngettext(
            "%(count)d letter could not be sent and is tried again: %(error)s.",
            "%(count)d letters could not be sent and are tried again: %(error)s.",
            depth.failing,
        )
        return told % {"count": depth.failing, "error": depth.error}, "late"
    if depth.dead:
        told = ngettext("%(count)d letter was given up.", "%(count)d letters were given up.", depth.dead)
        return told % {"count": depth.dead}, "wait"
    return _("Everything that is due has left the house."), "ok"


@door("channels.retry_dead")
@require_POST
def dead_retry(request: Request, delivery_id: int | None = None) -> HttpResponse:
    count = services.retry_dead(actor=request.actor, delivery_id=delivery_id)
    told = ngettext(
        "%(count)d letter is on its way again.", "%(count)d letters are on their way again.", count
    )
    notes.success(request, told % {"count": count})
    return redirect("channels:outbox")
