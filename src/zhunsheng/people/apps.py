"""The Django application of this room."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Registers the room under its short name."""

    name = "zhunsheng.people"
    label = "people"
