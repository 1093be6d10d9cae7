"""The registrar reads no cookies: whoever comes with a code is that code and nobody else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from folkmoot.ballots.problems import ROOT


class WithoutCookies:
    """Drops the cookies of requests to the registrar before anything can look at them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(ROOT):
            request.META.pop("HTTP_COOKIE", None)
        return self.get_response(request)
