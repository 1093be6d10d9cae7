"""The switches kept on the device, and the page that shows every component."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import override

from folkmoot.base.doors import Request, door
from folkmoot.ui.frame import BIGGER, TEXT_SIZE_COOKIE
from folkmoot.ui.showcase import showcase

YEAR_SECONDS = 365 * 24 * 3600


def back_to(request: Request) -> str:
    """The page that `next` names when it is ours, else the front page."""
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else "/"


@door("ui.change_language")
def language_change(request: Request) -> HttpResponse:
    """Keeps the language in a cookie. A plain link: it works without scripts and without an account."""
    response = HttpResponseRedirect(back_to(request))
    wanted = request.GET.get("to", "")
    if wanted in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            wanted,
            max_age=YEAR_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
    return response


@door("ui.change_text_size")
def text_size_change(request: Request) -> HttpResponse:
    """Keeps "bigger text" on the device; nobody else learns of it."""
    response = HttpResponseRedirect(back_to(request))
    if request.GET.get("to") == BIGGER:
        response.set_cookie(
            TEXT_SIZE_COOKIE,
            BIGGER,
            max_age=YEAR_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(TEXT_SIZE_COOKIE, samesite="Lax")
    return response


@door("ui.view_components")
def components_view(request: Request) -> HttpResponse:
    """Every component with example words. `?lang=` shows it in that language without keeping it."""
    wanted = request.GET.get("lang", "")
    if wanted not in dict(settings.LANGUAGES):
        return render(request, "ui/components.html", showcase(request))
    with override(wanted):
        return render(request, "ui/components.html", showcase(request))
