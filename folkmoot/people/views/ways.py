"""How I sign in: phone, password, passkeys. Allauth's views with our pages where it has them."""

import json
from typing import Any, cast

from allauth.account import views as account_views
from allauth.account.decorators import reauthentication_required
from allauth.mfa.webauthn import views as passkey_views
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.views.decorators.cache import never_cache

from folkmoot.base.doors import Request, door
from folkmoot.people import queries, services
from folkmoot.people.forms.sign_in import SetPasswordForm
from folkmoot.people.phones import national_phone
from folkmoot.people.views.forms import typed
from folkmoot.people.views.sign_in import AnswersFaults


@door("people.view_sign_in_ways")
@never_cache
def sign_in_ways(request: Request) -> HttpResponse:
    account = request.account
    context = {
        "phone": national_phone(account.person.phone) if account.person.phone else "",
        "has_password": account.has_usable_password(),
        "passkeys": queries.passkeys_of(account),
    }
    return render(request, "people/sign_in_ways.html", context)


@door("people.set_password")
@never_cache
@reauthentication_required(app="allauth.account")  # type: ignore[untyped-decorator]
def password_set(request: Request) -> HttpResponse:
    """Sets a password, the first or a new one; whoever forgot hers signs in with a code before."""
    form = SetPasswordForm(typed(request), account=request.account)
    if form.is_valid():
        services.set_password(
            actor=request.actor, account=request.account, password=form.cleaned_data["password"]
        )
        update_session_auth_hash(request, request.account)
        return redirect("people:sign_in_ways")
    return render(request, "people/password_set.html", {"form": form}, status=422 if form.errors else 200)


class ConfirmSelf(AnswersFaults, account_views.ReauthenticateView):  # type: ignore[misc]
    template_name = "people/confirm_self.html"


class ConfirmSelfByPasskey(passkey_views.ReauthenticateWebAuthnView):  # type: ignore[misc]
    template_name = "people/confirm_self_passkey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"options": json.dumps(context["js_data"]["request_options"])}


class ChangePhone(AnswersFaults, account_views.ChangePhoneView):  # type: ignore[misc]
    template_name = "people/phone_change.html"


class AddPasskey(AnswersFaults, passkey_views.AddWebAuthnView):  # type: ignore[misc]
    """Every passkey here lets in by itself, so it is always kept on the device and asks for its owner."""

    template_name = "people/passkey_add.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        options = context["js_data"]["creation_options"]
        options["publicKey"]["authenticatorSelection"] |= {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        }
        return context | {"options": json.dumps(options)}

    def get_success_url(self) -> str:
        return reverse("people:sign_in_ways")


class RemovePasskey(passkey_views.RemoveWebAuthnView):  # type: ignore[misc]
    template_name = "people/passkey_remove.html"
    success_url = reverse_lazy("people:sign_in_ways")


class ShowsDemoCode:
    """In the demo the code is on the page: there is nobody to send it to."""

    process: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context | {
            "phone": national_phone(self.process.phone),
            "demo_code": self.process.code if settings.DEMO else "",
        }


class VerifyAtSignIn(ShowsDemoCode, AnswersFaults, account_views._VerifyPhoneSignupView):  # type: ignore[misc]
    template_name = "people/phone_verify.html"


class VerifyNewPhone(ShowsDemoCode, AnswersFaults, account_views._VerifyPhoneChangeView):  # type: ignore[misc]
    template_name = "people/phone_verify.html"

    def respond_process_succeeded(self, form: Form) -> HttpResponse:  # noqa: ARG002
        return redirect("people:sign_in_ways")


@never_cache
def phone_verify(request: Request) -> HttpResponse:
    """Asks for the code: of the new number of somebody signed in, or of the old one on the way in."""
    view = VerifyNewPhone if request.account is not None else VerifyAtSignIn
    return cast(HttpResponse, view.as_view()(request))
