"""The acts on accounts, posts and households, one file per kind of act."""

from folkmoot.people.services.accounts import change_phone, open_account, set_password

__all__ = ["change_phone", "open_account", "set_password"]
