from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "folkmoot.areas"
    label = "areas"

    def ready(self) -> None:
        from folkmoot.areas import rules, tasks  # noqa: F401 - rules declare the permissions
        from folkmoot.areas.imports import importers
        from folkmoot.areas.imports.areas import AreaImporter
        from folkmoot.areas.imports.edges import BoundaryImporter
        from folkmoot.areas.imports.levels import LevelImporter
        from folkmoot.areas.panels import place_panel
        from folkmoot.base.registries import due_work, panels

        due_work.register("areas.imports", tasks.work_on_imports)
        panels.register("areas", place_panel)
        importers.register("levels", LevelImporter)
        importers.register("areas", AreaImporter)
        importers.register("boundaries", BoundaryImporter)
