from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    name = "folkmoot.journal"
    label = "journal"

    def ready(self) -> None:
        from folkmoot.base.registries import due_work, slow_work
        from folkmoot.journal import rules  # noqa: F401
        from folkmoot.journal.asking import ask_for_journal
        from folkmoot.journal.sealing import seal_all
        from folkmoot.ui.navigation import add_entry

        due_work.register("journal", seal_all)
        slow_work.register("journal.witnesses", ask_for_journal)
        add_entry(
            name="journal",
            label=_("Log of acts"),
            url_name="journal:log",
            who="journal.view_log",
            order=60,
            where="footer",
        )
