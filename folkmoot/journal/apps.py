from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "folkmoot.journal"
    label = "journal"

    def ready(self) -> None:
        from folkmoot.journal import rules  # noqa: F401, PLC0415
