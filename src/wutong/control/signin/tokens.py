"""POST /oauth/token: client credentials for system clients. Source: RFC 6749, sections 2.3.1, 4.4, 5.2."""

import base64
from urllib.parse import unquote_plus

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from wutong.control.flows.issue_token import issue_client_token
from wutong.control.people.actions.sessions import CLIENT_TOKEN_LASTS
from wutong.core import ids
from wutong.core.routes import Comers, open_to


@open_to(Comers.CLIENT)
@csrf_exempt
@require_POST
def token(request: HttpRequest) -> JsonResponse:
    """A bearer token, or an error as the standard writes it."""
    if request.POST.get("grant_type") != "client_credentials":
        return _error("unsupported_grant_type", "Send grant_type=client_credentials.")
    client, secret = _credentials(request)
    client_id = ids.read(client)
    issued = issue_client_token(client_id, secret)
    if issued is None:
        answer = _error("invalid_client", "The client id or the secret is not right.", status=401)
        answer["WWW-Authenticate"] = 'Basic realm="wutong"'
        return answer
    lasts = int(CLIENT_TOKEN_LASTS.total_seconds())
    return JsonResponse({"access_token": issued, "token_type": "Bearer", "expires_in": lasts})


def _credentials(request: HttpRequest) -> tuple[str, str]:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.POST.get("client_id", ""), request.POST.get("client_secret", "")
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:  # no base64, or no UTF-8 within
        return "", ""
    return unquote_plus(name), unquote_plus(secret)


def _error(code: str, sentence: str, *, status: int = 400) -> JsonResponse:
    return JsonResponse({"error": code, "error_description": sentence}, status=status)
