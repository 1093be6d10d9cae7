from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "folkmoot.ui"
    label = "ui"

    def ready(self) -> None:
        from folkmoot.ui import rules  # noqa: F401
