"""Whose address stands at the door when other servers stand before ours.

    X-Forwarded-For: 203.0.113.9, 198.51.100.7, 192.0.2.1
                     (whatever the visitor claims)  (put there by our own server before us)

Each server adds the address that came to it on the right. Only the ones that the operator counts are believed, so
the visitor is as many places from the right; all to the left of that anybody can write.
"""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class ClientAddress:
    """Middleware: REMOTE_ADDR becomes the visitor's address. Every limit counts by it, ours and those of sign-in.

    Without a counted server the header is not looked at. Where it is missing, too short or no address, REMOTE_ADDR
    stays: a limit may then be shared, but nobody escapes it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        client = client_address(forwarded, settings.TRUSTED_PROXIES)
        if client is not None:
            request.META["REMOTE_ADDR"] = client
        return self.get_response(request)


def client_address(forwarded: str, trusted: int) -> str | None:
    """The address that the outermost of `trusted` servers saw; None where the header does not say."""
    addresses = forwarded.split(",")
    if not 1 <= trusted <= len(addresses):
        return None
    try:
        return str(ip_address(addresses[-trusted].strip()))
    except ValueError:
        return None
