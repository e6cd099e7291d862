"""What people and systems are told where something failed: our own page, or JSON; a database that is away is a 503."""

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template
from django.urls import reverse

_AWAY = (OperationalError, InterfaceError)
_SENTENCE = "The database does not answer. Try again in a minute; what you sent may not have been kept."
_HEADERS = {"Retry-After": "60"}


def failed(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`, called while the exception is being handled."""
    is_away = isinstance(sys.exc_info()[1], _AWAY)
    if request.path == reverse("oauth-token"):
        return _as_json(is_away=is_away)
    if is_away:
        return HttpResponse(get_template("503.html").render(), status=503, headers=_HEADERS)
    return HttpResponse(get_template("500.html").render(), status=500)


def _as_json(*, is_away: bool) -> JsonResponse:
    if is_away:
        told = {"error": "temporarily_unavailable", "error_description": _SENTENCE}
        return JsonResponse(told, status=503, headers=_HEADERS)
    sentence = "Something went wrong here; nothing was changed. Try again, and tell the eHR office if it goes on."
    return JsonResponse({"error": "server_error", "error_description": sentence}, status=500)


class OneLine(logging.Filter):
    """While the database is away every request fails alike: a line each, and no stack."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always keeps the record."""
        problem = record.exc_info[1] if record.exc_info else None
        if isinstance(problem, _AWAY):
            reason = (str(problem).strip() or type(problem).__name__).splitlines()[0]
            record.msg, record.args = f"{record.getMessage()}: the database does not answer: {reason}", ()
            record.exc_info = record.exc_text = None
        return True
