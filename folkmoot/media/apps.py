from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "folkmoot.media"
    label = "media"

    def ready(self) -> None:
        from folkmoot.base.registries import due_work  # noqa: PLC0415
        from folkmoot.media import rules, services  # noqa: F401, PLC0415

        due_work.register("media", services.sweep)
