"""Names the door to Django, so that its templates are found."""

from django.apps import AppConfig


class SigninConfig(AppConfig):
    """The `signin` door."""

    name = "wutong.control.signin"
    label = "signin"
