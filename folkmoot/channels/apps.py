from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "folkmoot.channels"
    label = "channels"
