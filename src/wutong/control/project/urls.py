"""Where each door of the people plane stands."""

from django.urls import URLPattern, URLResolver, include, path

from wutong.control.pages import gallery

handler500 = "wutong.control.pages.failures.failed"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("wutong.control.signin.urls")),
    path("portal/", include("wutong.control.portal.urls")),
    path("clinic/", include("wutong.control.workspace.urls")),
    path("console/", include("wutong.control.console.urls")),
    path("components/", gallery.components, name="components"),
]
