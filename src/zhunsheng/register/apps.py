"""The Django application of this room."""

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    """Registers the room under its short name."""

    name = "zhunsheng.register"
    label = "register"
