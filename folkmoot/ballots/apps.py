from django.apps import AppConfig


class BallotsConfig(AppConfig):
    name = "folkmoot.ballots"
    label = "ballots"
