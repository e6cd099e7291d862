"""Rights shown equal rights enforced: what a page offers its door answers, and what it does not offer is refused.

Everybody follows every link and sends every form that they are shown. Then each asks, by GET and by POST, for every
address that anybody reached and they did not.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from types import ModuleType
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from cast import Cast
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.test import override_settings
from django.urls import Resolver404, URLPattern, path, resolve
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_POST
from doors import Browser, Page
from roaming import Roamer, Shown, Visit, kind_of, patterns
from world import Role, World

from wutong.control.portal.views import home as portal_home
from wutong.control.project.rules import rules
from wutong.core.routes import Comers

pytestmark = pytest.mark.timeout(600)  # everybody walks before the first test
_URLS = "wutong.control.project.urls"
Place = tuple[str, str]  # the pattern of an address, and the ids in it

# Patterns that no page leads to, and why that is right. A new one: offer it on a page, give the person in
# tests/world.py what they need to see it, or say here why nobody is led there.
LED_TO_BY_NOBODY = {
    "components/": "the gallery is for those who build pages",
    "components/<slug:label>/": "the same, a room of it",
    "oauth/token": "for systems, which send a secret",
    **{each: "for apps, which send a token" for each in patterns() if each.startswith("pcf/")},
}
# Patterns that answer anybody.
PUBLIC = {
    "about/": "says the same to everybody",
    "about/what-is-shared/": "the same",
    "about/who-sees-what/": "the same",
    "about/who-sees-what/poster/": "the same",
    "about/who-sees-what/<slug:profession>/": "the same",
    "": "sends everybody to their own first page",
    "components/": "shows nobody's data",
    "components/<slug:label>/": "shows nobody's data",
    "language/": "a choice of the browser's, not of a person",
    "oauth/token": "nothing is answered without a client's secret",
    "pcf/metadata": "describes the registry",
    "pcf/openapi.json": "describes the registry",
    "pcf/<path:rest>": "says that there is nothing",
    "sign-in/": "anybody may sign in, also as somebody else",
    "sign-out/": "ends a session where there is one",
}
# What is the same to everybody is walked by a stranger alone.
_TO_ALL = ("/about/", "/language/")
# What any professional may ask for about anybody, though a page offers it only where something is closed.
TO_ANY_PROFESSIONAL = {
    "clinic/patient/<uuid:person_id>/emergency/": "an emergency opens any record, loudly (docs/decisions/0014)",
}
# The same at a desk: whoever finds a person may take their consent to the own provider (docs/decisions/0045).
_AT_DESK = "clinic/desk/<uuid:person_id>/"
# Where the law opens what no page need have offered: consents to the hospital group are deemed, so that it may state
# care for anybody.
BY_LAW = {("hospital", "clinic/patient/<uuid:person_id>/")}
_CLINIC, _DESK = ("clinic/", ""), ("clinic/desk/", "")
# What whoever is shown the one may ask for as well, though nothing leads them there: it says no more than the one.
NO_MORE_THAN = {
    "clinic/record/<uuid:person_id>/new/": "clinic/record/<uuid:person_id>/",  # only who looked before is led there
    # To whom nothing is restricted, they say so.
    "clinic/patient/<uuid:person_id>/authorisation/": "clinic/record/<uuid:person_id>/",
    "clinic/patient/<uuid:person_id>/authorisation/code/": "clinic/record/<uuid:person_id>/",
    "portal/at-a-desk/<slug:code>/": "portal/",  # whoever holds a telephone before the screen, for themselves
}
# Patterns that answer with a file.
FILES = {
    "about/who-sees-what/poster/",
    "clinic/desk/<uuid:person_id>/form/print/",
    "clinic/record/<uuid:person_id>/<slug:code>/<slug:kind>/<uuid:document_id>/<int:number>/",
    "console/letters/<uuid:person_id>/<uuid:notice_id>/",
    "console/letters/print/",
    "console/roles/export/",
    "console/trail/export/",
}
# Forms that end at one's own first page where all is well; any other that does was refused.
ENDS_AT_HOME = {"sign-in/code/", "sign-in/workplace/"}
# Offered forms and links that may be answered with a refusal, and what then says why and what to do.
_SAYS_WHY = "nhsuk-warning-callout"  # the component `important`
MAY_SAY_NO = {
    "clinic/patient/<uuid:person_id>/": (403, _SAYS_WHY),  # whoever finds a person is told whether the record opens
    # A desk's code, answered a second time.
    "portal/who-may-look/<uuid:provider_id>/allow/": (410, "A code works once"),
    "portal/for/<uuid:for_id>/who-may-look/<uuid:provider_id>/allow/": (410, "A code works once"),
}


@dataclass
class Walk:
    """What one role was shown, and how its doors answered."""

    role: Role
    roamer: Roamer
    home: str
    reached: set[Place]


def _place(address: str) -> Place:
    """Of a part of something (a slug) the whole is meant: who may see the whole is told there what is closed."""
    try:
        found = resolve(urlsplit(address).path, _URLS)
    except Resolver404:
        return "no such address", urlsplit(address).path
    ids = [str(value) for value in found.kwargs.values() if isinstance(value, UUID | int)]
    return str(found.route), " ".join(ids)


def _sends_away(page: Page, asked: Place, home: str) -> bool:
    return page.was_sent_on and page.path in {"/sign-in/", home} and _place(page.path) != asked


def _is_shown(visit: Visit, home: str) -> bool:
    return visit.page.status == 200 and not _sends_away(visit.page, _place(visit.address), home)


def _walk(browser: Browser, role: Role, spares: tuple[str, ...]) -> Walk:
    home = browser.get("/").path
    roamer = Roamer(browser, role.samples, spares=spares).roam("/", *role.starts())
    reached = {_place(each.address) for each in roamer.visits if _is_shown(each, home)}
    reached |= {_place(each.page.path) for each in roamer.visits if each.page.status == 200}
    return Walk(role, roamer, browser.get("/").path, reached)


@pytest.fixture(scope="module")
def walks(cast: Cast, server: str) -> Iterator[dict[str, Walk]]:
    """Everybody's walk."""
    with ExitStack() as leaving, override_settings(PRINTS_LETTERS=True):

        def come(role: Role) -> Browser:
            browser = Browser(server, role.who)
            leaving.callback(browser.close)
            return browser

        roles = World(cast).roles().items()
        yield {name: _walk(come(role), role, () if name == "stranger" else _TO_ALL) for name, role in roles}


def _broken_offers(walk: Walk) -> list[str]:
    return [_told(each) for each in walk.roamer.visits if not _is_answered(each, walk)]


def _is_answered(visit: Visit, walk: Walk) -> bool:
    status, why = MAY_SAY_NO.get(_place(visit.page.path)[0], (0, ""))
    if visit.page.status == status:
        return why in visit.page.source
    may_end_at_home = _place(visit.address)[0] in {*PUBLIC, *ENDS_AT_HOME}
    return visit.page.status == 200 if may_end_at_home else _is_shown(visit, walk.home)


def _told(visit: Visit) -> str:
    return f"{visit.method} {visit.address}, offered on {visit.offered_on}: {visit.page.status} at {visit.page.path}"


def test_what_pages_offer_their_doors_answer(walks: dict[str, Walk]) -> None:
    broken = {name: told for name, walk in walks.items() if (told := _broken_offers(walk))}
    assert broken == {}


def test_links_within_a_page_lead_somewhere(walks: dict[str, Walk]) -> None:
    for walk in walks.values():
        for visit in walk.roamer.visits:
            shown = Shown(visit.page)
            within = [each.partition("#") for each in shown.links if "#" in each]
            lost = [end for start, _, end in within if start == visit.page.address and end not in shown.ids]
            assert lost == [], visit.page.address


def test_what_answers_anybody_is_declared_so() -> None:
    """And nothing else is: the list is by hand."""
    open_to_all = {Comers.ANYBODY, Comers.CLIENT}
    assert {address for address, comers in rules().items() if comers in open_to_all} == set(PUBLIC)


def test_every_address_is_reached_by_somebody(walks: dict[str, Walk]) -> None:
    reached = {pattern for walk in walks.values() for pattern, _ids in walk.reached}
    led = {_place(each.address)[0] for walk in walks.values() for each in walk.roamer.visits}
    known = reached | set(LED_TO_BY_NOBODY) | (led & set(PUBLIC)) | {"sign-out/"}
    lost = [each for each in patterns() if each not in known]
    assert lost == [], f"nobody is led to {lost}: see LED_TO_BY_NOBODY"


def test_what_is_offered_as_a_file_is_one(walks: dict[str, Walk]) -> None:
    """A page instead would be answered as well, and say what was wrong."""
    visits = [each for walk in walks.values() for each in walk.roamer.visits if each.page.status == 200]
    assert {_place(each.address)[0] for each in visits if not each.page.is_html} == FILES


def _answers(walk: Walk, addresses: dict[Place, str]) -> dict[Place, str]:
    """What each address answers to this role: shown on its pages, refused, or open without being shown."""
    found = {}
    walk.roamer.browser.get("/sign-in/")
    for place, address in addresses.items():
        if _may_ask(walk, place) or kind_of(address) in walk.roamer.cut:
            found[place] = "shown"
        else:
            found[place] = "refused" if _refuses(walk, address) else "OPEN"
    return found


def _may_ask(walk: Walk, place: Place) -> bool:
    pattern, ids = place
    to_any = pattern in PUBLIC or (pattern in TO_ANY_PROFESSIONAL and _CLINIC in walk.reached)
    to_any = to_any or (pattern.startswith(_AT_DESK) and _DESK in walk.reached)
    return to_any or not walk.reached.isdisjoint({place, (NO_MORE_THAN.get(pattern, pattern), ids)})


def _refuses(walk: Walk, address: str) -> bool:
    """By GET, and by a form with a token of this person's own."""
    browser = walk.roamer.browser
    token = browser.token()
    asked = (browser.knock("GET", address), browser.knock("POST", address, csrfmiddlewaretoken=token))
    away = {"/", "/sign-in/", walk.home}
    return all(status in {400, 403, 404, 405} or (status == 302 and path in away) for status, path in asked)


def _addresses(walks: dict[str, Walk]) -> dict[Place, str]:
    found: dict[Place, str] = {}
    for walk in walks.values():
        for visit in walk.roamer.visits:
            for address in (visit.address, visit.page.path):
                if _place(address) in walk.reached:
                    found.setdefault(_place(address), urlsplit(address).path)
    return found


def _table(answers: dict[str, dict[Place, str]]) -> str:
    """A line for each address that is open to somebody who is not shown it."""
    places = {place for told in answers.values() for place, word in told.items() if word == "OPEN"}
    head = "what is not shown must be refused; " + " | ".join(answers)
    lines = [f"{place}: " + " | ".join(told[place] for told in answers.values()) for place in sorted(places)]
    return "\n".join([head, *lines])


def test_what_pages_do_not_offer_is_refused(walks: dict[str, Walk]) -> None:
    addresses = _addresses(walks)
    answers = {
        name: {
            place: "by law" if told == "OPEN" and (name, place[0]) in BY_LAW else told
            for place, told in _answers(walk, addresses).items()
        }
        for name, walk in walks.items()
    }
    assert not any("OPEN" in told.values() for told in answers.values()), _table(answers)
    assert sum(word == "refused" for told in answers.values() for word in told.values()) > 100


@contextmanager
def _with_addresses(*more: URLPattern) -> Iterator[None]:
    """The platform with other views at these addresses, for as long as this lasts."""
    broken = ModuleType("broken_urls")
    broken.urlpatterns = [*more, *sys.modules[_URLS].urlpatterns]  # type: ignore[attr-defined]
    broken.handler500 = sys.modules[_URLS].handler500  # type: ignore[attr-defined]
    sys.modules[broken.__name__] = broken
    with override_settings(ROOT_URLCONF=broken.__name__):
        yield
    del sys.modules[broken.__name__]


_PLANTED = (
    '<a href="/console/">Overview</a><form method="post" action="/console/">{}<button>Do it</button></form></main>'
)


def _home_with_more(request: HttpRequest) -> HttpResponseBase:
    page = portal_home(request)
    assert isinstance(page, HttpResponse)
    token = f'<input type="hidden" name="csrfmiddlewaretoken" value="{get_token(request)}">'
    page.content = page.content.replace(b"</main>", _PLANTED.format(token).encode())
    return page


def test_a_link_and_a_button_of_another_role_are_seen(walks: dict[str, Walk]) -> None:
    patient = walks["patient"]
    with _with_addresses(path("portal/", _home_with_more)):
        roamer = Roamer(patient.roamer.browser).roam("/")
    told = ", offered on /portal/: 200 at /portal/"
    assert set(_broken_offers(replace(patient, roamer=roamer))) == {f"GET /console/{told}", f"POST /console/{told}"}


@pytest.mark.parametrize("unguarded", [require_GET, require_POST, lambda view: view])
def test_a_view_without_its_guard_is_seen(
    walks: dict[str, Walk], unguarded: Callable[..., Callable[..., HttpResponseBase]]
) -> None:
    open_to_all = csrf_protect(unguarded(lambda request: HttpResponse("Everything.")))
    with _with_addresses(path("console/", open_to_all)):
        answers = {name: _answers(walks[name], {("console/", ""): "/console/"}) for name in ("patient", "officer")}
    assert answers == {"patient": {("console/", ""): "OPEN"}, "officer": {("console/", ""): "shown"}}
    assert "OPEN | shown" in _table(answers)


def test_whoever_signs_out_is_out(walks: dict[str, Walk]) -> None:
    """The last of this file: nobody is signed in after it."""
    for name, walk in walks.items():
        if walk.home != "/sign-in/":
            assert walk.roamer.leave().page.path == "/sign-in/", name
            status, sent_on = walk.roamer.browser.knock("GET", walk.home)
            assert status == 302, name
            assert sent_on in {"/", "/sign-in/"}, name
