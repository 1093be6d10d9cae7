from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "folkmoot.home"
    label = "home"
