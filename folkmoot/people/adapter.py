"""What allauth must know of our accounts: where the phone is kept, who carries codes, what is said."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from folkmoot.base import registries
from folkmoot.base.errors import Refused
from folkmoot.people import queries, services
from folkmoot.people.actors import actor_for
from folkmoot.people.forms.fields import PhoneField
from folkmoot.people.models import Account
from folkmoot.people.phones import masked_phone


def send_code(phone: str, code: str) -> None:
    """Hands a sign-in code to the carrier of channels. Raises Refused where none is set up."""
    if "code" not in registries.deliver:
        raise Refused(_("No code can be sent from here yet. Please use your password, or ask at the office."))
    registries.deliver["code"](phone=phone, code=code, language=get_language() or settings.LANGUAGE_CODE)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Keeps phones with the person, sealed and hashed."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed. Please ask at the office."),
        "incorrect_code": _("That is not the code we sent. Please look at the newest message again."),
        "incorrect_password": _("That is not your password."),
        "phone_password_mismatch": _(
            "Number and password do not belong together. You can use a code instead."
        ),
        "phone_taken": _("Somebody else signs in with this number."),
        "rate_limited": _("That was too often in a short time. Please wait a little and try again."),
        "same_as_current": _("This is the number you have already."),
        "too_many_login_attempts": _("That was tried too often. Please wait a few minutes and start again."),
    }

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        return PhoneField(**kwargs)

    def get_phone(self, user: Account) -> tuple[str, bool] | None:
        phone = user.person.phone
        return (phone, user.phone_verified) if phone else None

    def set_phone(self, user: Account, phone: str, verified: bool) -> None:  # noqa: FBT001
        """Allauth calls this once the code that went to `phone` came back."""
        services.change_phone(actor=actor_for(user), account=user, phone=phone, verified=verified)

    def set_phone_verified(self, user: Account, phone: str) -> None:
        self.set_phone(user, phone, True)  # noqa: FBT003

    def get_user_by_phone(self, phone: str) -> Account | None:
        return queries.account_with_phone(phone)

    def send_verification_code_sms(self, *, phone: str, code: str, **_who: Any) -> None:
        send_code(phone, code)

    def get_login_stages(self) -> list[str]:
        """A code, a password or a passkey each lets in by itself: a passkey is no second lock."""
        return [
            "allauth.account.stages.LoginByCodeStage",
            "allauth.account.stages.PhoneVerificationStage",
        ]

    def post_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponse:
        """Whoever holds several posts says first through which one."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if len(queries.posts_held(user.person_id)) > 1:
            query = urlencode({"next": response.headers["Location"]})
            return HttpResponseRedirect(f"{reverse('people:choose_post')}?{query}")
        return response

    def add_message(self, request: HttpRequest, level: int, *_template: Any, **said: Any) -> None:
        """Our pages say themselves what happened; only what went wrong is kept as a message."""
        if said.get("message"):
            super().add_message(request, level, message=str(said["message"]))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Allauth counts failed passwords by e-mail or name; without this all phones would share one count.
        return f"{request.get_host()}:{credentials.get('phone', '')}"


class PasskeyAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Names passkeys so that their owner knows them, without giving her number to the device."""

    def get_public_key_credential_user_entity(self, user: Account) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"name": masked_phone(user.person.phone), "display_name": str(user.person)}

    def generate_authenticator_name(self, _user: Account, _type: Any) -> str:
        return str(_("My phone"))
