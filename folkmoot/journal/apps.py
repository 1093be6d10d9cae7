from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "folkmoot.journal"
    label = "journal"
