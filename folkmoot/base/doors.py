"""Every view names its permission: `@door("cases.view_case")`. A test fails on a URL without one."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from django.http import HttpRequest, HttpResponseBase

from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotAllowed
from folkmoot.base.permissions import may_try

P = ParamSpec("P")
Answer = TypeVar("Answer")
Answer_co = TypeVar("Answer_co", covariant=True)


class SignInFirst(NotAllowed):
    """A visitor came to a door for people who are signed in. The ui answers with the sign-in page."""


class Request(HttpRequest):
    """A request after the people app's middleware: somebody is at the door."""

    actor: Actor
    account: Any  # people.models.Account, None for a visitor
    htmx: Any


class Guarded(Protocol[Answer_co]):
    """A view with its door. What it answers is a page, or for an operation of the API the data."""

    door: str

    def __call__(self, request: HttpRequest, /, *args: Any, **kwargs: Any) -> Answer_co: ...


View = Guarded[HttpResponseBase]


def door(name: str) -> Callable[[Callable[Concatenate[Request, P], Answer]], Guarded[Answer]]:
    """Lets in only actors that can hold the permission `name`; services still require it on the object."""

    def guard(view: Callable[Concatenate[Request, P], Answer]) -> Guarded[Answer]:
        @wraps(view)
        def guarded(request: Request, *args: P.args, **kwargs: P.kwargs) -> Answer:
            if not may_try(request.actor, name):
                raise NotAllowed() if request.actor.is_signed_in else SignInFirst()
            return view(request, *args, **kwargs)

        guarded.door = name  # type: ignore[attr-defined]
        return cast(Guarded[Answer], guarded)

    return guard
