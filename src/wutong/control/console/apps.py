"""Names the door to Django, so that its templates are found."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The `console` door."""

    name = "wutong.control.console"
    label = "console"
