"""Names the room to Django."""

from django.apps import AppConfig


class AuthorisationConfig(AppConfig):
    """The `authorisation` room."""

    name = "wutong.control.authorisation"
    label = "authorisation"
