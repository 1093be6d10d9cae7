from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "folkmoot.home"
    label = "home"

    def ready(self) -> None:
        from folkmoot.home import rules  # noqa: F401
