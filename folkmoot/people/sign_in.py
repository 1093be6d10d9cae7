"""Signing in with a code, the same for a number that is known and one that is not.

Allauth's own process sends no code to an unknown number. Ours always does, and opens the account only when
the code comes back: nobody learns who has an account, and nothing is kept of a number that was mistyped.
"""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from django.http import HttpRequest, HttpResponse

from folkmoot.base.actors import VISITOR
from folkmoot.people import services
from folkmoot.people.adapter import send_code


class CodeSignIn(LoginCodeVerificationProcess):  # type: ignore[misc]
    """A code on its way to a phone and back, kept in the session: three tries, fifteen minutes."""

    @classmethod
    def begin(cls, request: HttpRequest, phone: str) -> None:
        """Sends a code to `phone` and remembers it."""
        login = Login(phone=phone)
        login.state["stages"] = {"current": LoginByCodeStage.key}
        stage = LoginByCodeStage(LoginStageController(request, login), request, login)
        stage.state.update(cls.initial_state(user=None, phone=phone), initiated_by_user=True)
        process = cls(stage=stage)
        process.send()
        process.persist()

    @classmethod
    def resume(cls, stage: LoginByCodeStage) -> "CodeSignIn | None":
        process: CodeSignIn | None = cls(stage=stage).abort_if_invalid()
        return process

    def generate_code(self) -> str:
        code: str = get_adapter().generate_phone_verification_code(user=None, phone=self.state["phone"])
        self.state["code"] = code
        return code

    def send_by_phone(self, phone: str, skip_enumeration_mails: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        send_code(phone, self.generate_code())

    def finish(self, redirect_url: str | None) -> HttpResponse:
        """Lets the owner of the phone in; a first visit opens the account."""
        account = services.open_account(actor=VISITOR, phone=self.state["phone"])
        # A fresh code proves the owner: it is good for setting a password she has forgotten.
        record_authentication(self.request, account, method="code", reauthenticated=True)
        response: HttpResponse = perform_login(self.request, Login(user=account, redirect_url=redirect_url))
        return response
