"""Addresses of posts, households and accounts. Those of sign-in are in account_urls.py."""

from django.urls import URLPattern, URLResolver, path

from folkmoot.people.views import demo, ways

app_name = "people"
urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", ways.sign_in_ways, name="sign_in_ways"),
    path("demo/be/<slug:key>/", demo.demo_sign_in, name="demo_sign_in"),
]
