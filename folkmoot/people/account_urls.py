"""Addresses of sign-in, under the names that allauth asks for; what we do not offer has no address.

Each has a door, so that a person finds no way in that our rules do not name.
"""

from django.urls import path

from folkmoot.base.doors import door
from folkmoot.people.views import sign_in, ways

enter = door("people.sign_in")
change = door("people.change_sign_in")

urlpatterns = [
    path("login/", enter(sign_in.SignIn.as_view()), name="account_login"),
    path("login/code/", enter(sign_in.ConfirmCode.as_view()), name="account_confirm_login_code"),
    path("login/password/", enter(sign_in.PasswordSignIn.as_view()), name="account_login_password"),
    path("login/passkey/", enter(sign_in.PasskeySignIn.as_view()), name="mfa_login_webauthn"),
    path("logout/", door("people.sign_out")(sign_in.SignOut.as_view()), name="account_logout"),
    path("closed/", enter(sign_in.AccountClosed.as_view()), name="account_inactive"),
    path("phone/", change(ways.ChangePhone.as_view()), name="account_change_phone"),
    path("phone/code/", enter(ways.phone_verify), name="account_verify_phone"),
    path("password/", ways.password_set, name="account_set_password"),
    path("again/", change(ways.ConfirmSelf.as_view()), name="account_reauthenticate"),
    path("again/passkey/", change(ways.ConfirmSelfByPasskey.as_view()), name="mfa_reauthenticate_webauthn"),
    path("passkeys/add/", change(ways.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/remove/", change(ways.RemovePasskey.as_view()), name="mfa_remove_webauthn"),
]
