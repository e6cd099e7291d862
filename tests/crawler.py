"""Somebody who opens every page there is: each address of the people plane, each link, each form left empty or filled."""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from doors import Browser, Page

_MACHINES = {"oauth/token"}  # a client's secret takes the place of the form's token
_LEFT_ALONE = {"sign-out/", "language/"}  # forms that end the session, or change what is being looked at
_OF_ONE_KIND = 8  # pages of one pattern that are opened
_PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")


class Form:
    """A form as it stands on a page: where it goes, and what it holds."""

    def __init__(self, action: str) -> None:
        self.action, self.fields, self.choices = action, dict[str, str](), dict[str, str]()

    def take(self, tag: str, told: Mapping[str, str | None]) -> None:
        """One field, button or option."""
        name, value = told.get("name") or "", told.get("value") or ""
        if tag == "input" and told.get("type") == "radio":
            self.choices.setdefault(name, value)
        elif tag == "input" and told.get("type") == "checkbox":
            self.choices.setdefault(name, value or "on")
        elif tag in {"textarea", "select"} or (tag == "input" and told.get("type") != "hidden"):
            self.fields.setdefault(name, "")
        elif name:
            self.fields.setdefault(name, value)

    @property
    def key(self) -> tuple[str, ...]:
        """Forms with the same key do the same to different things."""
        return (_route(self.action), *sorted({*self.fields, *self.choices}))


class _Finder(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._path, self._select = path, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "a":
            self.links.append((told.get("href") or "").partition("#")[0])
        elif tag == "form" and told.get("method") == "post":
            self.forms.append(Form(told.get("action") or self._path))
        elif tag == "option" and self.forms and told.get("value"):
            self.forms[-1].choices.setdefault(self._select, told["value"] or "")
        elif tag in {"input", "button", "textarea", "select"} and self.forms:
            self._select = told.get("name") or ""
            self.forms[-1].take(tag, told)


class Crawler:
    """Opens what one person can reach; `placed` says what stands for a placeholder of an address."""

    def __init__(self, browser: Browser, placed: Mapping[str, list[Any]]) -> None:
        self._browser, self._placed = browser, placed
        self._opened = Counter[tuple[str, ...]]()
        self._seen = set[str]()
        self.reached = set[str]()  # patterns of which a page was found

    def pages(self, home: str = "/") -> Iterator[Page]:
        """Each page once; pages of one pattern a few times."""
        forms: list[Form] = []
        waiting = [home, *self._addresses()]
        while waiting or forms:
            page = self._open(waiting.pop(0)) if waiting else self._send(*forms.pop(0))
            if page is None:
                continue
            yield page
            finder = _Finder(page.path)
            finder.feed(page.source)
            waiting += finder.links
            forms += self._fresh(finder.forms)

    def _open(self, address: str) -> Page | None:
        route = _route(address)
        kind = (route, *parse_qs(urlsplit(address).query))
        if not route or address in self._seen or self._opened[kind] >= _OF_ONE_KIND:
            return None
        self._seen.add(address)
        self._opened[kind] += 1
        page = self._browser.get(address)
        if page.status != 404:
            self.reached.add(route)
        return page if page.source else None

    def _fresh(self, found: list[Form]) -> Iterator[Any]:
        for form in found:
            if not form.key[0] or form.key[0] in _LEFT_ALONE or self._opened[form.key]:
                continue
            self._opened[form.key] += 1
            yield form, {}
            yield form, form.choices

    def _send(self, form: Form, choices: Mapping[str, str]) -> Page | None:
        typed = {name: value or "1" for name, value in form.fields.items()} if choices else form.fields
        page = self._browser.post(form.action, **{**typed, **choices})
        return page if page.is_html else None

    def _addresses(self) -> Iterator[str]:
        for pattern in patterns():
            yield from _filled(pattern, self._placed)


def patterns() -> list[str]:
    """Every address of the people plane that is for people."""
    return [each for each in _patterns(get_resolver("wutong.control.project.urls")) if each not in _MACHINES]


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        if isinstance(each, URLPattern):
            yield prefix + str(each.pattern)
        else:
            yield from _patterns(each, prefix + str(each.pattern))


def _filled(pattern: str, placed: Mapping[str, list[Any]]) -> list[str]:
    """The addresses of a pattern; one that leads nowhere where nobody says what stands in it."""
    values = [placed.get(name) or [uuid4()] for name in _PLACEHOLDER.findall(pattern)]
    return [_with(pattern, chosen) for chosen in itertools.product(*values)]


def _with(pattern: str, values: Iterable[Any]) -> str:
    for value in values:
        pattern = _PLACEHOLDER.sub(str(value), pattern, count=1)
    return f"/{pattern}"


def _route(address: str) -> str:
    """The pattern of an address, empty where it is none of ours."""
    parts = urlsplit(address)
    if parts.netloc or not parts.path.startswith("/") or parts.path.startswith("/static/"):
        return ""
    try:
        return str(resolve(parts.path, "wutong.control.project.urls").route) or "/"
    except Resolver404:
        return ""
