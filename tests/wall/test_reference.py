"""docs/reference/ says what the code does: settings, problems, events, FHIR capability, commands."""

import re
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest
from cast import HARBOUR, Cast
from make_reference import HERE, blocks_of, filled
from sentences import Told, Unreadable, told_in

from wutong.core import env
from wutong.core.answers import Reason
from wutong.core.events import Event

_SOURCE = Path(__file__).parents[2] / "src" / "wutong"
_NOT_YET = "not written yet"


def _page(name: str) -> str:
    return (HERE / f"{name}.md").read_text(encoding="utf-8")


def _rows(page: str, head: str) -> dict[str, list[str]]:
    """The rows of the table whose first column is called `head`, by their first cell without its backquotes."""
    table = page.partition(f"\n| {head} |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()[2:]]
    return {row[0].strip("` "): row[1:] for row in rows}


def test_the_settings_page_has_each_setting_and_no_other() -> None:
    rows = _rows(_page("settings"), "name")
    assert list(rows) == [setting.name for setting in env.SETTINGS]
    for setting in env.SETTINGS:
        purpose, default = rows[setting.name]
        assert purpose == setting.purpose + (" **Secret.**" if setting.is_secret else "")
        assert default == {None: "must be given", "": "empty"}.get(setting.default, f"`{setting.default}`")


@pytest.mark.parametrize("name", ["problems", "fhir", "commands", "routes"])
def test_a_page_says_what_the_code_does(name: str) -> None:
    page = _page(name)
    assert blocks_of(page)
    assert filled(page) == page, "Run `make reference`."


def test_a_page_that_says_otherwise_is_seen() -> None:
    page = _page("problems")
    assert filled(page.replace("| 413 | `too-long` |", "| 413 | `too-short` |")) == page
    assert (
        filled(page.replace("<!-- made: refusals -->\n", "<!-- made: refusals -->\n| `no-such` | 403 | x |\n")) == page
    )


def test_a_new_problem_is_found_where_it_is_written() -> None:
    house = ModuleType("house")
    vars(house).update(_MOST=7)
    source = """
def door(name):
    sentence = f"{name} has over {_MOST} legs. Take some off."
    raise fault("too-long", sentence, status=413)

def room(run, place):
    run.say("value", place, "A " "chair is expected here.")
"""
    found = [
        Told(413, "too-long", "… has over 7 legs. Take some off."),
        Told(422, "value", "A chair is expected here."),
    ]
    assert told_in(source, house) == found


def test_a_sentence_that_cannot_be_read_stops_the_making() -> None:
    with pytest.raises(Unreadable, match="house, line 3"):
        told_in("\ndef door(x):\n    raise fault('value', x.sentence())\n", ModuleType("house"))


@pytest.mark.parametrize("reason", Reason)
def test_each_refusal_comes_with_what_to_do(reason: Reason) -> None:
    advice = _page("problems").partition("What to do, beyond the sentence:")[2].partition("\n## ")[0]
    assert f"`{reason}`" in advice


@pytest.mark.parametrize(("path", "status"), [("a/b/c/d", 404), ("metadata/x/y", 404)])
def test_an_address_that_is_none_is_told_as_the_page_says(cast: Cast, path: str, status: int) -> None:
    _is_on_the_page(cast.fhir(cast.ha, "GET", path), status)


def test_a_method_that_is_none_is_told_as_the_page_says(cast: Cast) -> None:
    _is_on_the_page(cast.fhir(cast.ha, "DELETE", ""), 405)


def _is_on_the_page(answer: Any, status: int) -> None:
    assert answer.status_code == status
    [issue] = answer.json()["issue"]
    assert f"| {status} | `{issue['code']}` | {issue['details']['text']} |" in _page("problems")


@pytest.mark.parametrize(
    ("method", "form"),
    [
        ("POST", {"grant_type": "password"}),
        ("POST", {"grant_type": "client_credentials", "client_id": "nobody", "client_secret": "x"}),
    ],
)
def test_the_token_endpoint_says_no_as_the_page_says(cast: Cast, method: str, form: dict[str, str]) -> None:
    answer = cast.http.request(method, "/oauth/token", data=form)
    told = answer.json()
    row = f"| {answer.status_code} | `{told['error']}` | {told['error_description']} |"
    assert row in _page("problems")


def test_the_page_of_events_has_each_event_and_no_other() -> None:
    assert set(_rows(_page("audit-events"), "event")) == set(Event)


def test_events_that_nothing_writes_are_marked_so() -> None:
    marked = {name for name, cells in _rows(_page("audit-events"), "event").items() if cells[0].startswith(_NOT_YET)}
    sources = [path.read_text(encoding="utf-8") for path in _SOURCE.rglob("*.py")]
    used = {name for source in sources for name in re.findall(r"\bEvent\.([A-Z_]+)", source)}
    gate = "".join(path.read_text(encoding="utf-8") for path in (_SOURCE / "schema").rglob("*.sql"))
    by_sql = set(re.findall(r"'event', '([a-z:-]+)'", gate))
    assert marked == {event.value for event in Event if event.name not in used and event.value not in by_sql}


def test_entries_hold_what_the_page_says_and_no_more(cast: Cast, superuser: psycopg.Connection) -> None:
    who = cast.register()
    cast.allow(who)
    cast.withdraw(who)
    cast.allow(who)
    token = cast.session_token(cast.professional("DOC", HARBOUR))
    cast.open(token, who.person_id)
    for path in (f"Patient/{who.person_id}", f"Patient/{who.patient_id}/_history", f"Patient?patient={who.person_id}"):
        assert cast.fhir(token, "GET", path).status_code == 200
    assert cast.fhir(token, "GET", f"Patient/{who.person_id}/$access").status_code == 200
    query = """
    select event, array_agg(distinct key) filter (where key is not null)
      from (select event, detail from audit.entry union all select event, detail from audit.event) e
      left join lateral jsonb_object_keys(detail) key on true group by event
    """
    found = {event: set(keys or []) for event, keys in superuser.execute(query).fetchall()}
    assert len(found) >= 14
    rows = _rows(_page("audit-events"), "event")
    for event, keys in found.items():
        assert keys <= set(re.findall(r"`(\w+)`", rows[event][1])), event
