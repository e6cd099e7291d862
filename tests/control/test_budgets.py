"""What a page may cost: statements of the people plane, requests to the record plane, bytes of a first load.

The costs are the same however much there is to show: pages are measured with little in the registers, and with much.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from cast import HARBOUR, Cast, Registered, Somebody
from django.db.backends.utils import CursorWrapper
from doors import Browser, Page, run_jobs
from pages import long_record
from roaming import Roamer, Shown, kind_of

from wutong.control.audit.append import HOST
from wutong.control.charts import client
from wutong.control.people.actions import providers
from wutong.core import clock

pytestmark = pytest.mark.timeout(300)

MOST_STATEMENTS = 15
MOST_REQUESTS = 12
MOST_BYTES = 120_000
_MANY = 60
# Written every twenty seconds of a session, whatever the page.
_NOW_AND_THEN = re.compile(r'UPDATE "sign_in_session" SET "last_seen_at"')


@dataclass(frozen=True)
class Cost:
    """Of one page: statements of the people plane, requests to the record plane."""

    statements: int
    requests: int


class Meter:
    """Counts in this process, which is the server's too; one page is asked for at a time."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.requests = 0

    def statement(self, sql: str) -> None:
        """One more."""
        if not _NOW_AND_THEN.search(sql):
            self.statements.append(sql)

    def request(self, _request: httpx.Request) -> None:
        """One more."""
        self.requests += 1

    @contextmanager
    def reading(self) -> Iterator[Callable[[], Cost]]:
        """What is spent from here on."""
        before, asked = len(self.statements), self.requests
        yield lambda: Cost(len(self.statements) - before, self.requests - asked)


@pytest.fixture
def meter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Meter]:
    """Counts for the length of a test."""
    made, execute = Meter(), CursorWrapper.execute

    def counted(self: CursorWrapper, sql: Any, params: Any = None) -> Any:
        made.statement(str(sql))
        return execute(self, sql, params)

    monkeypatch.setattr(CursorWrapper, "execute", counted)
    asking = client._client().event_hooks
    client._client().event_hooks = {**asking, "request": [*asking["request"], made.request]}
    yield made
    client._client().event_hooks = asking


def _costs(meter: Meter, browser: Browser, start: str = "/") -> dict[str, Cost]:
    """The dearest page of each kind, among all that links lead to from a first page."""
    costs: dict[str, Cost] = {}
    for visit in Roamer(browser).roam(start, sends_forms=False).visits:
        with meter.reading() as cost:
            page = browser.get(visit.page.address)
        assert page.status == 200, visit.address
        kind, spent = kind_of(page.address).partition("?")[0], cost()
        before = costs.get(kind, Cost(0, 0))
        costs[kind] = Cost(max(before.statements, spent.statements), max(before.requests, spent.requests))
    return costs


def _assert_bounded(costs: dict[str, Cost]) -> None:
    assert costs
    dear = {kind: each for kind, each in costs.items() if each.statements > MOST_STATEMENTS}
    assert dear == {}, f"more than {MOST_STATEMENTS} statements for one page"
    dear = {kind: each for kind, each in costs.items() if each.requests > MOST_REQUESTS}
    assert dear == {}, f"more than {MOST_REQUESTS} requests to the record plane for one page"


def _assert_same(before: dict[str, Cost], after: dict[str, Cost]) -> None:
    grown = {kind: (before[kind], cost) for kind, cost in after.items() if kind in before and cost != before[kind]}
    assert grown == {}, "the page asks more where there is more to show: ask once for all of it"


@pytest.fixture
def many_providers(superuser: psycopg.Connection) -> Iterator[Callable[[], list[str]]]:
    """Registers clinics that nobody else's test meets: they are closed again in the end."""
    codes = [f"MANY{number}" for number in range(_MANY)]

    def register() -> list[str]:
        for code in codes:
            name = f"Clinic {code}"
            providers.register_provider(
                actor=HOST, code=code, name_en=name, name_zh="診所", kind="clinic", is_deemed=False
            )
        return codes

    yield register
    superuser.execute("update control.provider set state = 'suspended' where code = any(%s)", [codes])


def _look_and_allow(cast: Cast, who: Registered, doctor: Somebody, times: int, allowed: list[str]) -> None:
    cast.allow(who)
    for number in range(times):
        with clock.travel(timedelta(minutes=31 * number)):
            assert cast.open(cast.session_token(doctor), who.person_id).status_code == 200
    for code in allowed:
        cast.allow(who, code)
    run_jobs()


def test_a_patients_and_an_offices_pages_cost_the_same_however_much_there_is(
    cast: Cast, server: str, meter: Meter, many_providers: Callable[[], list[str]]
) -> None:
    who, doctor = cast.register(), cast.professional("DOC", HARBOUR)
    people = {
        "patient": Browser(server, cast.patient_account(who)),
        "office": Browser(server, cast.officer()),
        "officer": Browser(server, cast.officer(HARBOUR)),
    }
    _look_and_allow(cast, who, doctor, 3, [])
    little = {name: _costs(meter, browser) for name, browser in people.items()}
    _look_and_allow(cast, who, doctor, _MANY, many_providers())
    much = {name: _costs(meter, browser) for name, browser in people.items()}
    for name, browser in people.items():
        _assert_bounded(much[name])
        _assert_same(little[name], much[name])
        browser.close()


def test_a_clinics_pages_cost_the_same_however_long_the_record(cast: Cast, server: str, meter: Meter) -> None:
    short, long = cast.register(), cast.register()
    for _ in range(3):
        long_record.upload(cast, long)
    doctor = Browser(server, cast.professional("DOC", HARBOUR))
    costs = []
    for who in (short, long):
        cast.allow(who)
        address = doctor.open_record(who.person_id).path
        costs.append(_costs(meter, doctor, address))
        _assert_bounded(costs[-1])
    doctor.close()
    _assert_same(*costs)


def test_a_page_that_asks_for_each_thing_is_seen(cast: Cast, meter: Meter) -> None:
    from wutong.control.people.queries.providers import provider_with_code

    with meter.reading() as cost:
        for code in ("HA", "HARBOUR", "PEAK"):
            provider_with_code(code)
    assert cost() == Cost(3, 0)
    with pytest.raises(AssertionError, match="asks more"):
        _assert_same({"/x/": Cost(3, 0)}, {"/x/": Cost(60, 0)})
    with pytest.raises(AssertionError, match="more than"):
        _assert_bounded({"/x/": Cost(0, MOST_REQUESTS + 1)})


def _first_load(server: str, page: Page) -> int:
    """Bytes over the wire of the page and of what a browser fetches with it."""
    addresses = {urlsplit(each)._replace(fragment="").geturl() for each in Shown(page).fetched}
    return len(page.source.encode()) + sum(_over_the_wire(server + each) for each in addresses)


def _over_the_wire(address: str) -> int:
    with httpx.stream("GET", address, headers={"accept-encoding": "gzip"}, trust_env=False) as answer:
        assert answer.status_code == 200, address
        return sum(map(len, answer.iter_raw()))


def _assert_light_and_alone(server: str, page: Page) -> None:
    shown = Shown(page)
    assert "script" not in shown.tags, page.address
    assert not {name for name in shown.attributes if name.startswith("on") or name == "style"}, page.address
    assert all(not urlsplit(each).netloc for each in shown.fetched), page.address
    assert _first_load(server, page) <= MOST_BYTES, page.address


def test_every_page_is_light_and_brings_neither_scripts_nor_anything_from_elsewhere(cast: Cast, server: str) -> None:
    cast.allow(who := cast.register())
    long_record.upload(cast, who)
    doctor = cast.professional("DOC", HARBOUR)
    everybody = [None, doctor, cast.officer(), cast.officer(HARBOUR), cast.patient_account(who)]
    for each in everybody:
        browser = Browser(server, each)
        start = browser.open_record(who.person_id).path if each is doctor else "/"
        visits = Roamer(browser).roam(start, "/", "/components/", sends_forms=False).visits
        for visit in visits:
            _assert_light_and_alone(server, visit.page)
        assert len({kind_of(visit.address) for visit in visits}) >= 3
        browser.close()


@pytest.mark.parametrize(
    "written",
    ["<script>1</script>", '<p style="color:red">', "<img src='https://elsewhere.example/x.png'>", "x" * MOST_BYTES],
)
def test_what_a_page_must_not_bring_is_seen(server: str, written: str) -> None:
    page = Page(httpx.get(f"{server}/sign-in/", trust_env=False))
    _assert_light_and_alone(server, page)
    page.source += written
    with pytest.raises(AssertionError):
        _assert_light_and_alone(server, page)
