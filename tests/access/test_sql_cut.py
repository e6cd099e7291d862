"""T-01: what row security shows under a ticket is what the oracle says of each row, for every shape of a decision."""

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

import psycopg
import pytest
from cast import HARBOUR, Cast, patient
from psycopg.types.json import Jsonb
from record.resources import of_category

from access.cut import CATEGORIES, Row, rows_shown
from access.oracle import answer
from access.situations import Shown
from access.small_world import LABELS, WORLDS, some_of
from wutong.core import clock, ids
from wutong.core.closings import marked

_ROWS = """
select resource_id::text, version, false from record.resource where resource_id = any (%(ids)s::uuid[])
union all
select resource_id::text, version, true from record.superseded where resource_id = any (%(ids)s::uuid[])
"""
_PSY = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSY"}]}


@dataclass(frozen=True)
class Record:
    """A person known to two providers, beside somebody else, with a row of each kind that a cut tells apart."""

    person_id: uuid.UUID
    patients: tuple[str, ...]
    provider_id: uuid.UUID  # who asks; the other rows are another's
    caller_id: uuid.UUID  # who asks, and is known to decide for the person, and to care for them
    rows: frozenset[Row]
    parts: dict[str, str]  # what the patient may close


@pytest.fixture
def record(cast: Cast, superuser: psycopg.Connection) -> Record:
    who, stranger, acting = cast.register(), cast.register(), cast.register()
    cast.allow(who)
    cast.appoint(who, acting)
    cast.let_care(who, acting, ["inventory"])
    harbour = cast.client_token(HARBOUR, may_register=True)
    here = _put(cast, harbour, patient(who.hkid))
    of_ha, of_harbour, of_stranger = str(who.patient_id), here, str(stranger.patient_id)
    rows: set[Row] = set()
    visits = {of_ha: "", of_harbour: ""}
    for token, subject, depositor in ((cast.ha, of_ha, "other"), (harbour, of_harbour, "own")):
        visits[subject] = _put(cast, token, of_category("ENC", uuid.UUID(subject)))
        for category, is_labelled, is_within in itertools.product(CATEGORIES.values(), (False, True), (False, True)):
            made = _row(category, subject, visits[subject] if is_within else "", is_labelled)
            rows.update(_kept(cast, token, made, category, subject, depositor))
    rows.update(_kept(cast, cast.ha, _row("DX", of_stranger, "", False), "DX", of_stranger, "other"))
    item = min(row.resource_id for row in rows if row.category == "DX" and row.depositor == "other")
    found = superuser.execute("select provider_id from control.provider where code = %s", [HARBOUR]).fetchone()
    assert found
    parts = {"item": item, "episode": visits[of_ha], "label": "PSY"}
    caller_id = cast.patient_account(acting).account_id
    return Record(who.person_id, (of_ha, of_harbour), found[0], caller_id, frozenset(rows), parts)


def _row(category: str, subject: str, visit: str, is_labelled: bool) -> dict[str, Any]:
    within = {"encounter": {"reference": f"Encounter/{visit}"}} if visit else {}
    return of_category(category, uuid.UUID(subject)) | within | ({"meta": _PSY} if is_labelled else {})


def _put(cast: Cast, token: str, resource: dict[str, Any]) -> str:
    answer = cast.fhir(token, "POST", resource["resourceType"], json=resource)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _kept(
    cast: Cast, token: str, resource: dict[str, Any], category: str, subject: str, depositor: str
) -> Iterator[Row]:
    """Two versions: the second without its label, so that an earlier version is closed by what it said itself."""
    resource_id = _put(cast, token, resource)
    later = {name: value for name, value in resource.items() if name != "meta"} | {"id": resource_id}
    changed = cast.fhir(token, "PUT", f"{resource['resourceType']}/{resource_id}", json=later)
    assert changed.status_code == 200, changed.text
    visit = resource.get("encounter", {}).get("reference", "").removeprefix("Encounter/")
    parts = {resource_id, *filter(None, [visit])}
    labels = {"PSY"} if "meta" in resource else set()
    yield Row(resource_id, 1, subject, category, depositor, frozenset(parts | labels), is_superseded=True)
    yield Row(resource_id, 2, subject, category, depositor, frozenset(parts))


@cache
def shapes() -> frozenset[tuple[str, Shown]]:
    """Every way in which the decisions of the small world are cut, as far as some thousands by chance have them."""
    dice = Random(5)
    some = [each for world in WORLDS.values() for each in some_of(world, 5_000, dice)]
    allowed = {
        (each.act, said._replace(under="", by_code=False)) for each in some if isinstance(said := answer(each), Shown)
    }
    # What `$access` answers is a list of categories: its ticket names none, nor does that of `$open`.
    return frozenset((act, said._replace(categories="") if act == "access" else said) for act, said in allowed)


def _ticket(pdp: psycopg.Connection, record: Record, act: str, shown: Shown, closed: frozenset[str]) -> str:
    at, entry_id = clock.now().isoformat(), str(ids.new())
    is_of_person = shown.patients or not shown.only_own_deposits
    entry = {
        "person_id": str(record.person_id) if is_of_person else None,
        "at": at,
        "entry_id": entry_id,
        "event": f"record:{act}",
        "outcome": "allowed",
        "act": act,
        "ground": shown.ground,
        "provider_id": str(record.provider_id),
        "caller_id": str(record.caller_id),
        "categories": [CATEGORIES[each] for each in shown.categories],
        "patient_ids": list(record.patients) if shown.patients else [],
        "depositor_id": str(record.provider_id) if shown.only_own_deposits else None,
        "directory_type": "Practitioner" if shown.only_directory_row else None,
        "directory_id": str(ids.new()) if shown.only_directory_row else None,
        "closed": marked(closed) if closed else None,
    }
    pdp.execute("select audit.decide_v1(%s)", [Jsonb(entry)])
    return f"{entry['person_id'] or ''}|{at}|{entry_id}"


def _seen(plane: psycopg.Connection, ticket: str, record: Record) -> set[Row]:
    """By the data role, whose transaction this is in."""
    by_version = {(row.resource_id, row.version, row.is_superseded): row for row in record.rows}
    plane.execute("select set_config('wutong.tickets', %s, true)", [ticket])
    found = plane.execute(_ROWS, {"ids": [row.resource_id for row in record.rows]}).fetchall()
    return {by_version[each] for each in found}


def _closings(record: Record, shown: Shown) -> list[frozenset[str]]:
    if not shown.parts_closed:
        return [LABELS if shown.labels_closed else frozenset[str]()]
    return [frozenset({part}) for part in record.parts.values()] + [frozenset(record.parts.values())]


def _differences(plane: psycopg.Connection, pdp: psycopg.Connection, record: Record, role: str = "") -> list[str]:
    """Each shape of a decision under which other rows are shown than the oracle says."""
    differ = []
    for act, shown in sorted(shapes()):
        for closed in _closings(record, shown):
            ticket = _ticket(pdp, record, act, shown, closed)
            with plane.transaction():
                if role:
                    plane.execute(f"set local role {role}")
                seen = _seen(plane, ticket, record)
            said = rows_shown(act, shown, closed, record.rows, set(record.patients))
            if seen != said:
                differ.append(f"{act} {shown} {sorted(closed)}: too many {seen - said}, too few {said - seen}")
    return differ


def test_row_security_shows_what_the_oracle_says_of_each_row(
    plane: psycopg.Connection, pdp: psycopg.Connection, record: Record
) -> None:
    assert len(shapes()) >= 20
    assert len(record.rows) == 34
    assert _differences(plane, pdp, record) == []


_PATIENTS = "patient_id = any ((select (audit.scope_v1()).read_patients)::uuid[])"
_CATEGORIES = "category = any ((select (audit.scope_v1()).read_categories)::text[])"
_HOLES = {
    "categories are not cut": f"create policy hole on record.resource for select to wutong_plane using ({_PATIENTS})",
    "patients are not cut": f"create policy hole on record.resource for select to wutong_plane using ({_CATEGORIES})",
    "what is closed is shown": (
        f"create policy hole on record.resource for select to wutong_plane using ({_PATIENTS} and {_CATEGORIES})"
    ),
    "earlier versions that are closed are shown": (
        f"create policy hole on record.superseded for select to wutong_plane using ({_PATIENTS} and {_CATEGORIES})"
    ),
    "another's deposits are shown": (
        "create policy hole on record.resource for select to wutong_plane"
        " using (patient_id = any ((select (audit.scope_v1()).deposit_patients)::uuid[]))"
    ),
    "too little is shown": "drop policy by_ticket on record.resource",
}


@pytest.mark.parametrize("hole", _HOLES)
def test_a_hole_in_row_security_is_noticed(
    superuser: psycopg.Connection, pdp: psycopg.Connection, record: Record, hole: str
) -> None:
    with superuser.transaction(force_rollback=True):
        assert not _differences(superuser, pdp, record, role="wutong_plane")
    with superuser.transaction(force_rollback=True):
        superuser.execute(_HOLES[hole])
        assert _differences(superuser, pdp, record, role="wutong_plane")
