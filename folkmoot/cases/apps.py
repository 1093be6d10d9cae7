from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "folkmoot.cases"
    label = "cases"
