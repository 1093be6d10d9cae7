from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "folkmoot.areas"
    label = "areas"
