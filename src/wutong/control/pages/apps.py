"""Names the room to Django, so that its templates are found."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """The `pages` room."""

    name = "wutong.control.pages"
    label = "pages"
