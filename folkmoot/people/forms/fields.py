"""Fields that more than one form asks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from folkmoot.base.errors import Refused
from folkmoot.people.phones import normal_phone


class PhoneField(forms.CharField):
    """A phone number as people write it; its clean value is E.164."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Your phone number"))
        kwargs.setdefault("error_messages", {"required": _("Please type a phone number.")})
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault(
            "widget", forms.TextInput({"type": "tel", "autocomplete": "tel", "inputmode": "tel"})
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            return normal_phone(typed)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal), code="phone") from refusal
