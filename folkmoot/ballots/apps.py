from django.apps import AppConfig


class BallotsConfig(AppConfig):
    name = "folkmoot.ballots"
    label = "ballots"

    def ready(self) -> None:
        from folkmoot.ballots import cosigning, notices, panels, personal, problems, rules, services  # noqa: F401
        from folkmoot.base import registries

        notices.register()
        registries.panels.register("ballots", panels.place_panel)
        registries.personal_data.register("ballots", personal.BALLOTS)
        registries.error_forms.register("/papers/", problems.answer_trouble)
        registries.due_work.register("ballots.casting", services.open_due_casting)
        registries.due_work.register("ballots.parts", services.end_due_parts)
        registries.due_work.register("ballots.closing", services.close_due_polls)
        registries.due_work.register("ballots.counting", services.count_closed_polls)
        registries.due_work.register("ballots.results", services.publish_due_results)
        registries.due_work.register("ballots.rolls", services.forget_roll_files)
        registries.due_work.register("ballots.samples", services.forget_samples)
        registries.due_work.register("ballots.waiting", services.tell_of_waiting)
        registries.due_work.register("ballots.keys", services.fill_key_pool)
        registries.slow_work.register("ballots.witnesses", cosigning.ask_for_polls)
