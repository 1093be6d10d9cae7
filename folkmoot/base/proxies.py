"""Whose address stands at the door when other servers stand before ours.

    X-Forwarded-For: 203.0.113.9, 198.51.100.7, 192.0.2.1
                     (whatever the visitor claims)  (put there by our own server before us)

Each server adds the address that came to it on the right. Only the ones that the operator counts are believed, so
the visitor is as many places from the right; all to the left of that anybody can write.
"""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

IPV6_HOME_BITS = 64  # what a provider gives to one home at least: whoever has it has all addresses in it


class ClientAddress:
    """Middleware: REMOTE_ADDR becomes the visitor's address. Every limit counts by it, ours and those of sign-in.

    Of an IPv6 address only its network stays, the /64, since a visitor picks anew within it at will.

    Without a counted server the header is not looked at. Where it is missing, too short or no address, REMOTE_ADDR
    stays: a limit may then be shared, but nobody escapes it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        client = client_address(forwarded, settings.TRUSTED_PROXIES)
        request.META["REMOTE_ADDR"] = counted_as(client or request.META.get("REMOTE_ADDR", ""))
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


def counted_as(address: str) -> str:
    """What limits count an address as: an IPv4 address as itself, an IPv6 one as its /64; anything else as it is."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), IPV6_HOME_BITS), strict=False).network_address)
