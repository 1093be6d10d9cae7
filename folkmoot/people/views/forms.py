"""What every page with a form does: what was typed stays, and a service's no stands on top of it."""

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.http import HttpRequest, QueryDict

from folkmoot.base.errors import Refused

Answer = TypeVar("Answer")


def typed(request: HttpRequest) -> QueryDict | None:
    """What somebody sent; None when the page is only opened. An empty form that was sent is sent, too."""
    return request.POST if request.method == "POST" else None


def answered(form: forms.Form, act: Callable[[], Answer]) -> Answer | None:
    """What `act` returns; None when it was refused, with the reason on `form`."""
    try:
        return act()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
