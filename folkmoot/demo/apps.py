from django.apps import AppConfig
from django.conf import settings


class DemoConfig(AppConfig):
    name = "folkmoot.demo"
    label = "demo"

    def ready(self) -> None:
        if settings.DEMO:
            from folkmoot.demo import door

            door.register()
