"""One tap into the demo."""

from typing import cast

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from folkmoot.base.actors import VISITOR
from folkmoot.base.doors import Request, door
from folkmoot.people import demo_door, services


@door("people.sign_in_demo")
@require_POST
def demo_sign_in(request: Request, key: str) -> HttpResponse:
    """Lets a visitor of the demo be somebody, without any proof."""
    offer = demo_door.offered_sign_in(key)
    account = services.open_account(actor=VISITOR, phone=offer.phone)
    login = Login(user=account, redirect_url=get_next_redirect_url(request))
    return cast(HttpResponse, perform_login(request, login))
