"""The forms of the way in: a phone number, then a code; or a phone number and a password."""

from typing import Any

from allauth.account import forms as account_forms
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from folkmoot.people.forms.fields import PhoneField
from folkmoot.people.models import Account
from folkmoot.people.queries import person_with_phone

TAKEN = _("Somebody else signs in with this number. If it is yours, please ask at the village office.")


def code_field() -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
    return forms.CharField(
        label=_("The code from the message"),
        max_length=20,
        widget=forms.TextInput(attrs),
        error_messages={"required": _("Please type the code.")},
    )


class SignInForm(forms.Form):
    """One question: which number shall the code go to?"""

    phone = PhoneField(
        help_text=_("We send a code to it. The code lets you in; there is nothing to remember.")
    )


class ConfirmCodeForm(account_forms.ConfirmLoginCodeForm):  # type: ignore[misc]
    code = code_field()


class PasswordSignInForm(account_forms.LoginForm):  # type: ignore[misc]
    """Phone and password together, so that a browser can fill in both."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = forms.CharField(
            label=_("Your password"),
            strip=False,
            max_length=200,
            widget=forms.PasswordInput({"autocomplete": "current-password"}),
            error_messages={"required": _("Please type your password.")},
        )


class ConfirmSelfForm(account_forms.ReauthenticateForm):  # type: ignore[misc]
    """Asked again before something that would lock the owner out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["password"]
        field.label, field.help_text = _("Your password"), ""
        field.widget.attrs.pop("placeholder", None)


class SetPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least ten characters. Four words that only you would put together are good."),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": _("Please type a password.")},
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.account)
        return password


class ChangePhoneForm(account_forms.ChangePhoneForm):  # type: ignore[misc]
    """Whether the new number is taken is told only to whoever can read its messages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = PhoneField(label=_("New phone number"), help_text=_("We send a code to it."))


class VerifyPhoneForm(account_forms.VerifyPhoneForm):  # type: ignore[misc]
    code = code_field()

    def clean_code(self) -> str:
        code: str = super().clean_code()
        owner = person_with_phone(self.phone)
        if owner is not None and (self.user is None or owner.pk != self.user.person_id):
            raise forms.ValidationError(TAKEN, code="phone_taken")
        return code
