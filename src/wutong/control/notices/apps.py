"""Names the room to Django."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """The `notices` room."""

    name = "wutong.control.notices"
    label = "notices"
