"""Where each door of the people plane stands."""

from django.urls import URLPattern, URLResolver, include, path

from wutong.control.pages import gallery, languages

handler404 = "wutong.control.guard.missing.not_found"
handler500 = "wutong.control.pages.failures.failed"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("wutong.control.signin.urls")),
    path("language/", languages.choose, name="language"),
    path("portal/", include("wutong.control.portal.urls")),
    path("clinic/", include("wutong.control.workspace.urls")),
    path("console/", include("wutong.control.console.urls")),
    path("about/", include("wutong.control.public.urls")),
    path("pcf/", include("wutong.control.pcf.urls")),
    path("components/", gallery.components, name="components"),
    path("components/<slug:label>/", gallery.room, name="components-room"),
]
