"""Addresses of the public log, and of us as a witness.

The names below `journal/` are those of C2SP tlog-tiles, `add-checkpoint` is that of tlog-witness.
"""

from django.urls import path

from folkmoot.journal import views

app_name = "journal"

urlpatterns = [
    path("journal/", views.log_view, name="log"),
    path("journal/checkpoint", views.checkpoint_view, name="checkpoint"),
    path("journal/tile/<path:place>", views.tile_view, name="tile"),
    path("witness/", views.witness_view, name="witness"),
    path("witness/add-checkpoint", views.checkpoint_cosign, name="add_checkpoint"),
    path("witness/logs/", views.log_witness, name="witness_log"),
    path("witness/logs/<int:pk>/drop/", views.log_drop, name="drop_log"),
]
