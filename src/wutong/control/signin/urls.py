"""Addresses of the sign-in door."""

from django.urls import path

from wutong.control.signin import tokens, views

urlpatterns = [
    path("", views.front, name="front"),
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/code/", views.code, name="sign-in-code"),
    path("sign-in/workplace/", views.workplace, name="sign-in-workplace"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("signed-in/", views.no_pages_yet, name="no-pages-yet"),
    path("oauth/token", tokens.token, name="oauth-token"),
]
