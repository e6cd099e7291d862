"""Names the door to Django, so that its templates are found."""

from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    """The `workspace` door."""

    name = "wutong.control.workspace"
    label = "workspace"
