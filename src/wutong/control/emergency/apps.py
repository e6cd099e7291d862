"""Names the room to Django."""

from django.apps import AppConfig


class EmergencyConfig(AppConfig):
    """The `emergency` room."""

    name = "wutong.control.emergency"
    label = "emergency"
