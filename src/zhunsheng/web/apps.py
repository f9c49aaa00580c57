"""The Django application of this room."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers the room under its short name."""

    name = "zhunsheng.web"
    label = "web"
