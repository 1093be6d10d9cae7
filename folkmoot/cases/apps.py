from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "folkmoot.cases"
    label = "cases"

    def ready(self) -> None:
        from folkmoot.areas.imports import importers
        from folkmoot.base import registries
        from folkmoot.cases import drafts, figures, imports, notices, personal, queries, rules, services  # noqa: F401
        from folkmoot.cases.open311.errors import answer_trouble

        notices.register()
        importers.register("categories", imports.CategoryImporter)
        importers.register("questions", imports.QuestionImporter)
        importers.register("terms", imports.TermImporter)
        importers.register("calendar", imports.CalendarImporter)
        importers.register("case-rules", imports.CaseRuleImporter)
        registries.area_changes.register("cases", services.resettle_cases)
        registries.area_contents.register("cases", queries.open_cases_on)
        registries.personal_data.register("cases", personal.CASES)
        registries.origins.register("case", personal.origin)
        registries.error_forms.register("/open311/", answer_trouble)
        registries.due_work.register("cases.resume", services.resume_due_cases)
        registries.due_work.register("cases.climb", services.climb_due_cases)
        registries.due_work.register("cases.absent", services.mark_absent_calls)
        registries.due_work.register("cases.silence", services.close_silent_cases)
        registries.due_work.register("cases.drafts", drafts.sweep_drafts)
        registries.due_work.register("cases.figures", figures.recount_recent)
