"""The Django application of this room."""

from django.apps import AppConfig


class TrailConfig(AppConfig):
    """Registers the room under its short name."""

    name = "zhunsheng.trail"
    label = "trail"
