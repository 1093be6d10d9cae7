"""Addresses of the map: imports, changes, gaps. A place's own page is in home."""

from django.urls import URLPattern, path

from folkmoot.areas.views import changes, gaps, imports

app_name = "areas"
urlpatterns: list[URLPattern] = [
    path("imports/", imports.import_list, name="imports"),
    path("imports/<int:pk>/", imports.import_run, name="import"),
    path("imports/<int:pk>/confirm/", imports.import_confirm, name="confirm_import"),
    path("imports/<int:pk>/drop/", imports.import_drop, name="drop_import"),
    path("imports/<int:pk>/faults.csv", imports.import_faults, name="import_faults"),
    path("places/<slug:code>/history/", changes.area_history, name="history"),
    path("places/<slug:code>/split/", changes.area_split, name="split"),
    path("places/<slug:code>/merge/", changes.area_merge, name="merge"),
    path("places/<slug:code>/rename/", changes.area_rename, name="rename"),
    path("map/plans/<int:pk>/withdraw/", changes.change_withdraw, name="withdraw_change"),
    path("map/gaps/", gaps.gap_list, name="gaps"),
]
