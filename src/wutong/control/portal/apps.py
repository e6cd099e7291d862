"""Names the door to Django, so that its templates are found."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The `portal` door."""

    name = "wutong.control.portal"
    label = "portal"
