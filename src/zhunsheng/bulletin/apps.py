"""The Django application of this room."""

from django.apps import AppConfig


class BulletinConfig(AppConfig):
    """Registers the room under its short name."""

    name = "zhunsheng.bulletin"
    label = "bulletin"
