"""Names the door to Django, so that its templates are found."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """The `public` door."""

    name = "wutong.control.public"
    label = "public"
