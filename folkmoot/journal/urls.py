"""Addresses of the public log. The names below `journal/` are those of C2SP tlog-tiles."""

from django.urls import path

from folkmoot.journal import views

app_name = "journal"

urlpatterns = [
    path("journal/", views.log_view, name="log"),
    path("journal/checkpoint", views.checkpoint_view, name="checkpoint"),
    path("journal/tile/<path:place>", views.tile_view, name="tile"),
]
