"""Which language a page speaks: what this browser chose, else what its person chose, else what the browser asks for.

The switch is a form of its own on every page, error pages included, and works where nothing else does: it needs no
session, no database and no token. Page: docs/decisions/0011-languages.md.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.csrf import csrf_failure
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from wutong.control.pages.addresses import is_ours
from wutong.core.routes import Comers, open_to

KEY = "wutong_language"  # in the session: the language that its person chose at registration (BCP 47)
_TAGS = {"zh-hant": "zh-Hant-HK", "zh-hans": "zh-Hans-CN"}


class PageLanguage:
    """Middleware: the language of the request is the language of everything that answers it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # First what needs no database: where it is away, the page that says so is in a language already.
        translation.activate(translation.get_language_from_request(request))
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and (told := request.session.get(KEY)):
            translation.activate(offered(told, otherwise=translation.get_language() or settings.LANGUAGE_CODE))
        response = self._get_response(request)
        response.headers.setdefault("Content-Language", tag())
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


@open_to(Comers.ANYBODY)
@csrf_exempt  # it asks where the form stood instead: a token would leave a cookie with strangers who only look
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponseBase:
    """Speak that language in this browser from now on, and go back to the page where the switch was."""
    if request.method == "GET":  # typed, or gone back to: there is nothing to see here
        return HttpResponseRedirect(reverse("front"))
    if not _stood_here(request):
        return csrf_failure(request)
    back = request.POST.get("next", "")
    response = HttpResponseRedirect(back if is_ours(request, back) else reverse("front"))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        _remember(response, chosen)
    return response


def offered(language: str, *, otherwise: str = "en") -> str:
    """The offered language nearest to a wish (BCP 47, such as zh-HK)."""
    try:
        return translation.get_supported_language_variant(language.lower())
    except LookupError:
        return otherwise


def tag(language: str = "") -> str:
    """A language, or the page's own, as HTML and HTTP name it: the script, and where it is written so."""
    code = language or translation.get_language() or settings.LANGUAGE_CODE
    return _TAGS.get(code, code)


def others() -> list[tuple[str, str]]:
    """What one can switch to from here: code, and name in the language itself."""
    return [(code, str(name)) for code, name in settings.LANGUAGES if code != translation.get_language()]


def _stood_here(request: HttpRequest) -> bool:
    """Whether a page of ours sent the form: browsers say so, and no other site can make them say it."""
    host = request.get_host()
    return request.headers.get("Origin") in {f"http://{host}", f"https://{host}"}


def _remember(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
