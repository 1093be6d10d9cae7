"""Puts the actor at the door of every view."""

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from folkmoot.base.actors import VISITOR, Actor
from folkmoot.base.doors import Request
from folkmoot.people.actors import ACTING_POST, CLAIMS, actor_for


class ActorMiddleware:
    """Sets `request.actor` and `request.account`: no query for a visitor, two for the others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        at_door = cast(Request, request)
        at_door.actor, at_door.account = VISITOR, None
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            at_door.actor = _actor_of_session(at_door)
        return self.get_response(request)


def _actor_of_session(request: Request) -> Actor:
    actor = VISITOR
    if request.user.is_authenticated:
        # The session's lazy user is the account itself: accounts are the only users.
        request.account = request.user
        actor = actor_for(request.account, request.session.get(ACTING_POST))
    claims = request.session.get(CLAIMS)
    return replace(actor, claims=frozenset(claims)) if claims else actor
