"""Addresses of the tree: find a place, import, change, gaps of the map."""

from django.urls import URLPattern

app_name = "areas"
urlpatterns: list[URLPattern] = []
