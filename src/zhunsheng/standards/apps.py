"""The Django application of this room."""

from django.apps import AppConfig


class StandardsConfig(AppConfig):
    """Registers the room under its short name."""

    name = "zhunsheng.standards"
    label = "standards"
