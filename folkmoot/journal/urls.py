"""Addresses of the public log. The names below `journal/` are those of C2SP tlog-tiles."""

from django.urls import URLPattern

app_name = "journal"
urlpatterns: list[URLPattern] = []
