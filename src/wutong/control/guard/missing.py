"""What is not there, told to whoever asks: who is signed in sees that they are, and can sign out."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wutong.control.guard.sessions import user


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Django's `handler404`."""
    return render(request, "404.html", {"who": user(request)}, status=HTTPStatus.NOT_FOUND)
