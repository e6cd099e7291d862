"""Pages: every address of the people plane, filled in with what there is; then some of the links that a page shows.

To add a kind of thing that addresses name: its line in `_NAMED`. Who is sent away from a page is asked too.
"""

import re
from collections.abc import Callable
from urllib.parse import urlencode

from wutong.core import env
from wutong.core.categories import CATEGORY_NAMES
from wutong.core.labels import LABEL_NAMES
from wutong.proving.questions.question import About, Question
from wutong.proving.who import Caller, Person

_FORM = {"content-type": "application/x-www-form-urlencoded"}
_PARAMETER = re.compile(r"<(\w+):(\w+)>")
_CSRF = re.compile(r"wutong_csrf=([^;]+)")
_NOWHERE = "0b8a3f52-6f0b-4a53-9d51-2f7d6e7f3a10"
_ANY = {"provider": "", "event": "", "outcome": "", "ground": "", "purpose": ""}
_CLOSABLE = ("item", "episode", "category", "label", "provider", "professional")
_REGISTRY = "/pcf/"  # cookies do not count there
_HOMES = {  # where each begins, so that most of what is asked is answered
    "professional": ("/clinic/",),
    "patient": ("/portal/",),
    "officer": ("/console/",),
}
Name = Callable[[About], str]
_NAMED: dict[str, Name] = {
    "person_id": lambda about: about.person().person_id,
    "for_id": lambda about: (
        about.world.people["child"].person_id if about.dice.randrange(4) else about.person().person_id
    ),
    "provider_id": lambda about: about.dice.choice(list(about.provider_ids.values())),
    "code": lambda about: about.dice.choice([*CATEGORY_NAMES, *(each.lower() for each in CATEGORY_NAMES)]),
    "kind": lambda about: about.dice.choice([*_CLOSABLE, "text"]),
    "resource_type": lambda about: about.row().kind,
    "resource_id": lambda about: about.row().row_id,
    "document_id": lambda about: about.row().row_id,
    "test": lambda about: about.dice.choice(["1-8", "2-6", "4548-4"]),
    "number": lambda about: str(about.dice.randrange(2)),
    "profession": lambda about: about.dice.choice(["DOC", "NUR", "PHA", "CMP", "doc"]),
    "label": lambda about: about.dice.choice(["forms", "cards", *LABEL_NAMES]),
    "channel": lambda about: about.dice.choice(["post", "email", "sms"]),
    "failure": lambda about: about.dice.choice(["refused", "unreachable"]),
    "job_id": lambda about: str(about.dice.randrange(9)),
    "micros": lambda about: str(1_700_000_000_000_000 + about.dice.randrange(9)),
    "notice_id": lambda _: _NOWHERE,
    "grant_id": lambda _: _NOWHERE,
    "entry_id": lambda _: _NOWHERE,
    "change_id": lambda _: _NOWHERE,
    "consent_id": lambda about: about.dice.choice(about.world.statements or [_NOWHERE]),
    "version": lambda about: str(about.dice.randint(1, 3)),
}
_NONE = {"uuid": _NOWHERE, "int": "1"}


def page(about: About, routes: tuple[str, ...], route: str = "") -> Question:
    """Mostly one of the caller's own pages (or `route`, by somebody whose it is), then what it links to."""
    caller = _caller(about, route)
    homes = _HOMES.get(caller.kind, ())
    own = [each for each in routes if f"/{each}".startswith(homes)] if homes and about.dice.randrange(6) else []
    path = "/" + _PARAMETER.sub(
        lambda found: _name(about, found[1], found[2]), route or about.dice.choice(own or routes)
    )
    steps = tuple(about.dice.randrange(40) for _ in range(about.dice.randrange(3)))
    headers = {"cookie": caller.cookies} if caller.cookies else {}
    headers |= {"authorization": caller.bearer} if caller.bearer and path.startswith(_REGISTRY) else {}
    headers |= {"accept-language": about.dice.choice(["en", "en", "zh-HK", "zh-CN"])}
    method = about.dice.choice(["GET"] * 12 + ["HEAD"])
    return Question(caller, method, path + _query(about, path), headers=headers, steps=steps)


def _caller(about: About, route: str) -> Caller:
    """Whoever has that page, where there is one, or anybody with a browser; seldom a stranger."""
    browsing = [each for each in about.world.callers if each.cookies]
    own = [each for each in browsing if route and f"/{route}".startswith(_HOMES[each.kind])]
    return about.dice.choice([*(own or browsing) * 5, about.world.callers[-1]])


def _name(about: About, kind: str, parameter: str) -> str:
    """Of a kind of thing that nobody taught the prover, something that there is not."""
    return _NAMED[parameter](about) if parameter in _NAMED else _NONE.get(kind, "none")


def _query(about: About, path: str) -> str:
    if path.endswith("on-a-day/"):
        return f"?{urlencode({'day': about.dice.choice(['2026-11-30', '2026-01-01', 'today'])})}"
    return "?from=50" if about.chance(20) else ""


def form(about: About, routes: tuple[str, ...]) -> Question:
    """A form that changes nobody's word: a patient is looked for, a record opened, the trail inspected."""
    del routes
    if about.chance(3) and (officers := [each for each in about.world.callers if each.kind == "officer"]):
        caller = about.dice.choice(officers)
        days = {"first": "2026-01-01", "last": "2027-12-31"}
        fields = _ANY | days | {"patient": about.dice.choice(["", about.person().hkid]), "caller": ""}
        return _sent(
            caller, about.dice.choice(["/console/trail/", "/console/trail/", "/console/trail/export/"]), fields
        )
    caller = about.caller("professional")
    person = about.person()
    match about.dice.randrange(3):
        case 0:
            return _sent(caller, "/clinic/", {"hkid": person.hkid})
        case 1:
            return _sent(caller, "/clinic/", {"name": f"CHAN {person.key.upper()} Tai Man", "born": _born(person)})
    return _sent(caller, f"/clinic/patient/{person.person_id}/", {"reason": "A follow-up of what was found"})


def _born(person: Person) -> str:
    return "2018-05-31" if person.key == "child" else "1960-01-01"


def _sent(caller: Caller, path: str, fields: dict[str, str]) -> Question:
    found = _CSRF.search(caller.cookies)
    body = urlencode({"csrfmiddlewaretoken": found[1] if found else "", **fields})
    headers = _FORM | {"cookie": caller.cookies, "origin": env.read(env.PUBLIC_URL, env.safe_url)}
    return Question(caller, "POST", path, headers=headers, body=body, steps=(0,))
