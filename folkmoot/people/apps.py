from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "folkmoot.people"
    label = "people"

    def ready(self) -> None:
        from folkmoot.people import rules  # noqa: F401, PLC0415
