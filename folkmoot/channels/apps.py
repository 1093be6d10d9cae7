from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "folkmoot.channels"
    label = "channels"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from folkmoot.base.registries import PersonalData, deliver, due_work, personal_data
        from folkmoot.channels import codes, outbox, personal, queries, rules, services  # noqa: F401
        from folkmoot.ui.navigation import add_entry

        deliver.register("code", codes.send_code)
        deliver.register("notice", services.notify)
        due_work.register("outbox", outbox.run_due)
        personal_data.register("channels", PersonalData(personal.export, personal.erase, personal.FATES))
        add_entry(
            name="messages", label=_("Messages"), url_name="channels:inbox", who="channels.list_messages",
            order=20, where="mine", count=queries.unread_count,
        )  # fmt: skip
        add_entry(
            name="outbox", label=_("Outbox"), url_name="channels:outbox", who="channels.view_outbox",
            order=90, where="mine",
        )  # fmt: skip
