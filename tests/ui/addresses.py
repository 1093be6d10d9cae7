"""The addresses of the frame alone, with pages that refuse in every way there is."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_POST

from folkmoot.base.doors import SignInFirst
from folkmoot.base.errors import NotAllowed, NotFound, Refused, StaleState, TooMany

REFUSALS = {
    "refused": lambda: Refused("The meeting is over."),
    "not-allowed": NotAllowed,
    "not-found": NotFound,
    "stale": StaleState,
    "too-many": TooMany,
    "sign-in": SignInFirst,
    "broken": lambda: ZeroDivisionError("a fault of ours"),
}


def refuse(request: HttpRequest, how: str) -> HttpResponse:
    raise REFUSALS[how]()


@require_POST
def only_post(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{len(request.POST)} fields")


urlpatterns: list[URLPattern | URLResolver] = [
    path("", lambda request: HttpResponse("front"), name="front"),
    path("", include("folkmoot.ui.urls")),
    path("account/", include("allauth.urls")),
    path("refuse/<str:how>", refuse, name="refuse"),
    path("api/refuse/<str:how>", refuse),
    path("only-post", only_post),
    path("api/only-post", only_post),
]

handler404 = "folkmoot.ui.errors.page_not_found"
handler500 = "folkmoot.ui.errors.server_error"
handler400 = "folkmoot.ui.errors.bad_request"
