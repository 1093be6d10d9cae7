"""Reads the account behind a session together with the posts it holds: one query for both."""

from allauth.account.auth_backends import AuthenticationBackend

from folkmoot.people.actors import load_account
from folkmoot.people.models import Account


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """Phone and password by allauth; the account of a session by one query of our own."""

    def get_user(self, user_id: int) -> Account | None:
        account = load_account(user_id)
        return account if account is not None and account.is_active else None
