from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "folkmoot.areas"
    label = "areas"

    def ready(self) -> None:
        from folkmoot.areas import notices, rules, services, tasks  # noqa: F401 - rules declare the permissions
        from folkmoot.areas.imports import importers
        from folkmoot.areas.imports.areas import AreaImporter
        from folkmoot.areas.imports.edges import BoundaryImporter
        from folkmoot.areas.imports.levels import LevelImporter
        from folkmoot.areas.panels import place_panel
        from folkmoot.base import registries

        registries.due_work.register("areas.imports", tasks.work_on_imports)
        registries.due_work.register("areas.changes", services.make_due_changes)
        for name, texts in notices.TEXTS.items():
            registries.notices.register(name, texts)
        registries.panels.register("areas", place_panel)
        importers.register("levels", LevelImporter)
        importers.register("areas", AreaImporter)
        importers.register("boundaries", BoundaryImporter)
