"""Fields that more than one form asks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from folkmoot.base.errors import Refused
from folkmoot.people.phones import normal_phone

NO_SPELLING = {"spellcheck": "false", "autocomplete": "off"}


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


class DayField(forms.DateField):
    """A day, picked or typed as 2026-11-20."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
        kwargs.setdefault("input_formats", ["%Y-%m-%d"])
        kwargs.setdefault(
            "error_messages",
            {
                "required": _("Please choose a day."),
                "invalid": _("Please write the day like 2026-11-20."),
            },
        )
        super().__init__(**kwargs)


def text_field(label: Any, *, most: int, rows: int = 0, **kwargs: Any) -> forms.CharField:
    """A line of text, or a box of several rows, with a kind word when it is empty or too long."""
    kwargs.setdefault("error_messages", {"required": _("Please write something here.")})
    if rows:
        kwargs.setdefault("widget", forms.Textarea({"rows": rows}))
    return forms.CharField(label=label, max_length=most, **kwargs)
