"""Somebody who follows every link and sends every form that pages show them, and remembers how each was answered."""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.urls import URLPattern, URLResolver, get_resolver
from doors import Browser, Page

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16}(?=/)|(?<=/)\d+(?=/)")
_TYPED = "What anybody may write into a field of no special kind."
_ENDS_THE_SESSION = "/sign-out/"
Samples = Mapping[str, str | Callable[[], str]]


@dataclass
class Form:
    """A form as a page shows it, with one of its buttons."""

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)  # as the page fills them in, the first of several choices
    hidden: set[str] = field(default_factory=set)  # those that nobody fills in
    buttons: list["Button"] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, ...]:
        """Forms with the same key ask the same of different things."""
        told = (f"{kind_of(each.action)} {each.name}={each.value}" for each in self.buttons)
        return (self.method, kind_of(self.action), *sorted(self.fields), *told)

    @property
    def untouched(self) -> dict[str, str]:
        """What is sent where nobody fills anything in."""
        return {name: value for name, value in self.fields.items() if name in self.hidden}


@dataclass(frozen=True)
class Button:
    """One of a form's: what it says of itself (nothing, the plain one), and where it sends the form."""

    name: str
    value: str
    action: str


@dataclass(frozen=True)
class Visit:
    """What was offered, on which page, and what the door answered."""

    method: str
    address: str
    offered_on: str
    page: Page


def kind_of(address: str) -> str:
    """The address without what tells one thing from another of its kind: ids, and the values of a query."""
    parts = urlsplit(address)
    names = sorted({each.partition("=")[0] for each in parts.query.split("&") if each})
    return _ID.sub("<id>", parts.path) + ("?" + "&".join(names) if names else "")


def patterns() -> list[str]:
    """Every address of the people plane."""
    return list(_patterns(get_resolver("wutong.control.project.urls")))


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        if isinstance(each, URLPattern):
            yield prefix + str(each.pattern)
        else:
            yield from _patterns(each, prefix + str(each.pattern))


class Shown(HTMLParser):
    """What a page shows: links, forms, and what the browser fetches with it."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._base = page.address
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.fetched: list[str] = []
        self.ids: set[str] = set()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self._select = ""
        self.feed(page.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Sort one element in."""
        told = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.attributes.update(told)
        self.ids.add(told.get("id", ""))
        match tag:
            case "a":
                self.links.append(urljoin(self._base, told.get("href", "")))
            case "link" | "script" | "img" | "iframe" | "source":
                self.fetched += [urljoin(self._base, told[name]) for name in ("href", "src") if name in told]
            case "form":
                self.forms.append(Form(told.get("method", "get").upper(), urljoin(self._base, told.get("action", ""))))
            case "input" | "button" | "select" | "textarea" | "option" if self.forms:
                self._control(tag, told)

    def _control(self, tag: str, told: Mapping[str, str]) -> None:
        name, value, form = told.get("name", ""), told.get("value", ""), self.forms[-1]
        if tag == "button" or told.get("type") in {"submit", "image"}:
            form.buttons.append(Button(name, value, urljoin(self._base, told.get("formaction") or form.action)))
        elif tag == "option":
            form.fields[self._select] = form.fields.get(self._select) or value
        elif name:
            self._select = name
            form.fields.setdefault(name, value or ("on" if told.get("type") == "checkbox" else ""))
            if told.get("type") == "hidden":
                form.hidden.add(name)


@dataclass
class Roamer:
    """Somebody at a browser. `samples` says what they type into a field, by its name.

    Of addresses of one kind `most` are opened, and a form is sent twice: an office's list is longer than anybody reads.
    `forgets`: what there is to fill in is first left empty. `spares`: beginnings of addresses that are left alone.
    """

    browser: Browser
    samples: Samples = field(default_factory=dict)
    most: int = 3
    forgets: bool = False
    spares: tuple[str, ...] = ()
    visits: list[Visit] = field(default_factory=list)
    cut: set[str] = field(default_factory=set)  # kinds of which more were offered than opened
    _seen: set[str] = field(default_factory=set)
    _opened: Counter[tuple[str, ...]] = field(default_factory=Counter)
    _links: deque[tuple[str, str]] = field(default_factory=deque)
    _forms: deque[tuple[str, Form]] = field(default_factory=deque)

    def roam(self, *starts: str, sends_forms: bool = True) -> "Roamer":
        """Follow everything from these addresses on; links first, forms after them, signing out not at all."""
        self._links.extend((each, each) for each in starts)
        while self._links or (self._forms and sends_forms):
            if self._links:
                self._follow(*self._links.popleft())
            else:
                self._reopen_and_send(*self._forms.popleft())
        return self

    def leave(self) -> Visit:
        """Sign out by the button."""
        page = self.browser.get("/")
        form = next(each for each in Shown(page).forms if urlsplit(each.action).path == _ENDS_THE_SESSION)
        return self._send(page.address, form, Button("", "", form.action), form.fields)

    def _follow(self, address: str, offered_on: str) -> None:
        address = address.partition("#")[0]
        if address in self._seen or address.startswith(self.spares):
            return
        if self._opened[("GET", kind_of(address))] >= self.most:
            self.cut.add(kind_of(address))
            return
        self._seen.add(address)
        self._opened[("GET", kind_of(address))] += 1
        self._keep(Visit("GET", address, offered_on, self.browser.get(address)))

    def _keep(self, visit: Visit) -> None:
        self.visits.append(visit)
        page = visit.page
        shown = Shown(page)
        self._links.extend((each, page.address) for each in shown.links)
        if page.was_sent_on:
            self._links.append((page.address, visit.address))
        for form in shown.forms:
            if visit.method == "POST" and not page.was_sent_on and form.key not in self._opened:
                self._send_all(page.address, form)  # a step that no address leads to: now or never
            elif visit.method == "GET" and self._opened[form.key] < 2:
                self._forms.append((page.address, form))

    def _reopen_and_send(self, address: str, form: Form) -> None:
        """The page may look otherwise by now: what is not offered any more is not sent."""
        if self._opened[form.key] >= 2:
            return
        found = next((each for each in Shown(self.browser.get(address)).forms if each.key == form.key), None)
        if found:
            self._send_all(address, found)

    def _send_all(self, address: str, form: Form) -> None:
        if urlsplit(form.action).path.startswith((_ENDS_THE_SESSION, *self.spares)):
            return
        self._opened[form.key] += 1
        for button in form.buttons or [Button("", "", form.action)]:
            if self.forgets and form.untouched != form.fields:
                self._keep(self._send(address, form, button, form.untouched))
            filled = {name: self._filled(name, value) for name, value in form.fields.items()}
            self._keep(self._send(address, form, button, filled))

    def _send(self, address: str, form: Form, button: Button, fields: Mapping[str, str]) -> Visit:
        filled = {name: value for name, value in {**fields, button.name: button.value}.items() if name}
        if form.method == "GET":
            query = "&".join(f"{name}={value}" for name, value in filled.items())
            return Visit("GET", button.action, address, self.browser.get(f"{button.action.partition('?')[0]}?{query}"))
        return Visit("POST", button.action, address, self.browser.post(button.action, **filled))

    def _filled(self, name: str, value: str) -> str:
        sample = self.samples.get(name)
        if sample is None:
            return value or _TYPED
        return sample() if callable(sample) else sample
