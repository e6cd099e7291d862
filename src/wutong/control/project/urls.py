"""Where each door of the people plane stands."""

from django.urls import URLPattern, URLResolver, include, path

handler500 = "wutong.control.pages.failures.failed"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("wutong.control.signin.urls")),
    path("portal/", include("wutong.control.portal.urls")),
    path("clinic/", include("wutong.control.workspace.urls")),
    path("console/", include("wutong.control.console.urls")),
    path("about/", include("wutong.control.public.urls")),
]
