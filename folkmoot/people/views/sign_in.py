"""The way in: a phone number, then a code. Allauth's views, our pages."""

from typing import Any

from allauth.account import views as account_views
from allauth.account.internal.decorators import login_stage_required
from allauth.account.stages import LoginByCodeStage, LoginStage
from allauth.core import ratelimit
from allauth.mfa.webauthn import views as passkey_views
from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic.edit import FormView

from folkmoot.base.errors import TooMany
from folkmoot.people import demo_door
from folkmoot.people.forms.sign_in import SignInForm
from folkmoot.people.phones import national_phone
from folkmoot.people.sign_in import CodeSignIn


class AnswersFaults:
    """A form with something to mend is answered with 422, so that a browser does not take it for done."""

    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if response.status_code == 200:
            response.status_code = 422
        return response


class SignIn(AnswersFaults, account_views.RequestLoginCodeView):  # type: ignore[misc]
    """Asks for the phone number and sends a code to it, whoever it belongs to."""

    form_class = SignInForm
    template_name = "people/sign_in.html"

    def get_form_class(self) -> type[Form]:
        return self.form_class

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: LoginStage) -> None:
        """Whoever mistyped her number may come back and type it again."""

    def form_valid(self, form: SignInForm) -> HttpResponse:
        phone = form.cleaned_data["phone"]
        if not ratelimit.consume(self.request, action="request_login_code", key=phone):
            raise TooMany()
        CodeSignIn.begin(self.request, phone)
        return HttpResponseRedirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"demo_sign_ins": demo_door.offered()}


@method_decorator(
    login_stage_required(stage=LoginByCodeStage.key, redirect_urlname="account_login"), name="dispatch"
)
class ConfirmCode(AnswersFaults, account_views.ConfirmLoginCodeView):  # type: ignore[misc]
    """Asks for the code."""

    template_name = "people/confirm_code.html"

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.stage = request._login_stage  # type: ignore[attr-defined]
        self._process = CodeSignIn.resume(self.stage)
        if self._process is None:
            return HttpResponseRedirect(reverse("account_login"))
        return FormView.dispatch(self, request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        assert self._process is not None
        return context | {
            "phone": national_phone(self._process.state["phone"]),
            "demo_code": self._process.code if settings.DEMO else "",
        }


class PasswordSignIn(AnswersFaults, account_views.LoginView):  # type: ignore[misc]
    """For those who have set a password."""

    template_name = "people/sign_in_password.html"

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: LoginStage) -> None:
        """As above."""


class PasskeySignIn(passkey_views.LoginWebAuthnView):  # type: ignore[misc]
    """Answers the script of the sign-in page."""


class SignOut(account_views.LogoutView):  # type: ignore[misc]
    template_name = "people/sign_out.html"


class AccountClosed(account_views.AccountInactiveView):  # type: ignore[misc]
    template_name = "people/account_closed.html"
