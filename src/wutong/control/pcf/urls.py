"""Addresses of the consent registry."""

from django.urls import path

from wutong.control.pcf import callers, description, interactions

urlpatterns = [
    path("metadata", description.metadata, name="pcf-metadata"),
    path("openapi.json", description.openapi, name="pcf-openapi"),
    *(
        path(place.replace("{", "<str:").replace("}", ">"), callers.address(doors))
        for place, doors in interactions.addresses().items()
    ),
    path("<path:rest>", description.nothing, name="pcf-nothing"),
]
