"""Addresses of the console."""

from django.urls import path

from wutong.control.console import views

urlpatterns = [
    path("", views.home, name="console-home"),
]
