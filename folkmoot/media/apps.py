from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "folkmoot.media"
    label = "media"
