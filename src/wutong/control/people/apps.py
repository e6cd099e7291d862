"""Names the room to Django."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The `people` room."""

    name = "wutong.control.people"
    label = "people"
