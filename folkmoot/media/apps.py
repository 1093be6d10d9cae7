from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "folkmoot.media"
    label = "media"

    def ready(self) -> None:
        from folkmoot.base.registries import due_work
        from folkmoot.media import rules, services  # noqa: F401

        due_work.register("media", services.sweep)
