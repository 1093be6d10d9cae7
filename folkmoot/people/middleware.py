"""Puts the actor at the door of every view."""

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from folkmoot.base.actors import VISITOR
from folkmoot.base.doors import Request
from folkmoot.people.actors import ACTING_POST, actor_for


class ActorMiddleware:
    """Sets `request.actor` and `request.account`: no query for a visitor, two for the others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        at_door = cast(Request, request)
        at_door.actor, at_door.account = VISITOR, None
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            # The session's lazy user is the account itself: accounts are the only users.
            at_door.account = request.user
            at_door.actor = actor_for(at_door.account, request.session.get(ACTING_POST))
        return self.get_response(request)
