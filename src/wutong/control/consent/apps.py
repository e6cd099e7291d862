"""Names the room to Django."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """The `consent` room."""

    name = "wutong.control.consent"
    label = "consent"
