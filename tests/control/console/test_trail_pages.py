"""The trail a page at a time and as a file: nothing is left out, nothing comes twice, and nothing is worked out."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cast import HARBOUR, OFFICE, Cast
from doors import Browser, Page
from flows.test_inspect_trail import append, found, search
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wutong.core import clock

_FURTHER = re.compile(r'name="before" value="([^"]+)"')


@pytest.fixture(scope="module")
def office(cast: Cast, server: str) -> Iterator[Browser]:
    """An officer of the office."""
    made = Browser(server, cast.officer(OFFICE))
    yield made
    made.close()


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(0, 2), min_size=101, max_size=160))
def test_the_pages_together_are_the_whole_while_new_entries_arrive(
    cast: Cast, office: Browser, superuser: Any, steps: list[int]
) -> None:
    """Several entries of the same instant, and more that come while somebody turns the pages."""
    person = cast.register()
    at, made = clock.now() - timedelta(days=1), list[str]()
    for step in steps:
        at += timedelta(microseconds=step)
        made.append(append(superuser, person.person_id, at))
    page = search(office, patient=person.hkid, event="person:find")
    assert "More than 50 entries" in page
    seen = found(page)
    while further := _FURTHER.search(page.source):
        append(superuser, person.person_id, clock.now())
        page = office.send("/console/trail/", **_carried(page), before=further[1])
        seen += found(page)
    assert len(seen) == len(set(seen))
    assert set(seen) == set(made)
    assert "The oldest entries" in page


def _carried(page: Page) -> dict[str, str]:
    """The question as the page carries it on."""
    return dict(re.findall(r'<input type="hidden" name="(first|last|patient|event)" value="([^"]*)"', page.source))


def test_entries_are_a_file_too_which_no_spreadsheet_works_out(cast: Cast, office: Browser, superuser: Any) -> None:
    person = cast.register()
    cast.allow(person)
    for name in ('=HYPERLINK("http://x")', "@SUM(A1)", "\tTAB Lee", '陳,"大"文'):
        cast.open(cast.session_token(cast.professional("DOC", HARBOUR, name_en=name)), person.person_id)
    browser_page = search(office, patient=person.hkid, event="record:open")
    text = office.send("/console/trail/export/", **_carried(browser_page)).source
    assert text.startswith("\ufeff")
    head, *lines = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert head[0] == "Time"
    assert [line[-1] for line in lines] == found(browser_page)
    assert all(not cell.startswith(("=", "+", "-", "@", "\t")) for line in lines for cell in line)
    assert {line[4] for line in lines} == {"Opened a record"}
    assert person.hkid not in text
    query = "select detail ->> 'found' from audit.entry where person_id = %s and event = 'audit:export'"
    assert superuser.execute(query, [person.person_id]).fetchall() == [("4",)]


def test_a_file_is_bounded_and_says_so(cast: Cast, office: Browser, superuser: Any) -> None:
    person = cast.register()
    query = """
    select audit.append_v1(jsonb_build_object('person_id', %s::text, 'entry_id', gen_random_uuid(), 'at', now(),
                                              'event', 'person:find', 'outcome', 'allowed'))
      from generate_series(1, 10001)
    """
    superuser.execute(query, [str(person.person_id)])
    page = search(office, patient=person.hkid, event="person:find")
    lines = office.send("/console/trail/export/", **_carried(page)).source.strip().splitlines()
    assert len(lines) == 10_002
    assert lines[-1] == '"There are more entries than 10,000. Narrow the search."'
