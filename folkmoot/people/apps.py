from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "folkmoot.people"
    label = "people"

    def ready(self) -> None:
        from folkmoot.areas.imports import importers
        from folkmoot.base import registries
        from folkmoot.people import imports, notices, origins, personal, rules, services  # noqa: F401
        from folkmoot.people.queries import contents

        registries.area_changes.register("people", services.move_posts_and_households)
        registries.area_contents.register("people.posts", contents.posts_on)
        registries.area_contents.register("people.households", contents.households_on)
        registries.personal_data.register("people", personal.PEOPLE)
        registries.origins.register("post", origins.post_origin)
        registries.due_work.register("people.vacancies", services.refresh_vacancies)
        registries.due_work.register("people.notes", services.end_due_notes)
        for name, texts in notices.TEXTS.items():
            registries.notices.register(name, texts)
        for name, importer in imports.IMPORTERS.items():
            importers.register(name, importer)
