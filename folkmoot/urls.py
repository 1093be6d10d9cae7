"""The map of addresses. Each app keeps its own; what is global stands here."""

from django.urls import URLPattern, URLResolver, include, path

from folkmoot import api, nav

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("folkmoot.home.urls")),
    path("", include("folkmoot.ui.urls")),
    path("", include("folkmoot.areas.urls")),
    path("", include("folkmoot.people.urls")),
    path("", include("folkmoot.channels.urls")),
    path("", include("folkmoot.ballots.urls")),
    path("", include("folkmoot.cases.urls")),
    path("", include("folkmoot.journal.urls")),
    path("account/", include("folkmoot.people.account_urls")),
    path("api/v1/", include(api.urls)),
]

handler404 = "folkmoot.ui.errors.page_not_found"
handler500 = "folkmoot.ui.errors.server_error"
handler400 = "folkmoot.ui.errors.bad_request"

nav.register()
