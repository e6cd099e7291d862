"""The wall around deletions: rows leave by one function, under the ticket of a write, and nothing of them is lost."""

import os
import re

import psycopg
import pytest
from cast import Cast, Registered
from psycopg.types.json import Jsonb
from record.resources import of_category

from wutong.core import ids

_DELETE = "select gate.delete_v1(%s, 'Condition', %s, now())"


@pytest.fixture
def who(cast: Cast) -> Registered:
    """A person."""
    return cast.register()


@pytest.fixture
def condition_id(cast: Cast, who: Registered) -> str:
    """A condition of the hospital group."""
    made = cast.fhir(cast.ha, "POST", "Condition", json=of_category("DX", who.patient_id))
    return str(made.json()["id"])


def _provider(superuser: psycopg.Connection, code: str) -> str:
    [found] = superuser.execute("select provider_id from control.provider where code = %s", [code]).fetchone() or ()
    return str(found)


def _ticket(pdp: psycopg.Connection, who: Registered, **more: object) -> str:
    at, entry_id = "2026-11-23T00:00:00+00:00", str(ids.new())
    entry = {
        "person_id": str(who.person_id),
        "at": at,
        "entry_id": entry_id,
        "event": "record:write",
        "outcome": "allowed",
        "act": "write",
        "patient_ids": [str(who.patient_id)],
        **more,
    }
    pdp.execute("select audit.decide_v1(%s)", [Jsonb(entry)])
    return f"{who.person_id}|{at}|{entry_id}"


def _delete(plane: psycopg.Connection, ticket: str, patient_id: object, condition_id: str) -> int | None:
    with plane.transaction():
        plane.execute("select set_config('wutong.tickets', %s, true)", [ticket])
        row = plane.execute(_DELETE, [patient_id, condition_id]).fetchone()
    return row[0] if row else None


def test_a_row_leaves_under_its_write_ticket_alone(
    plane: psycopg.Connection,
    pdp: psycopg.Connection,
    superuser: psycopg.Connection,
    who: Registered,
    condition_id: str,
) -> None:
    own, other = _provider(superuser, "HA"), _provider(superuser, "HARBOUR")
    for wrong in (
        "",
        _ticket(pdp, who, act="read", depositor_id=own),
        _ticket(pdp, who, act="read", categories=["DX"]),
        _ticket(pdp, who, depositor_id=other),
        _ticket(pdp, who, depositor_id=own, patient_ids=[str(ids.new())]),
        _ticket(pdp, who, depositor_id=own, outcome="refused"),
    ):
        assert _delete(plane, wrong, who.patient_id, condition_id) is None, wrong
    right = _ticket(pdp, who, depositor_id=own)
    assert _delete(plane, right, None, condition_id) is None  # it is in no directory
    assert _delete(plane, right, who.patient_id, condition_id) == 2
    assert _delete(plane, right, who.patient_id, condition_id) is None


@pytest.mark.parametrize(
    "statement",
    [
        "delete from record.resource",
        "delete from record.superseded",
        "update record.superseded set is_deleted = false",
        "delete from record.directory",
        "update record.directory_superseded set is_deleted = false",
        "delete from record.whereabouts",
        "truncate record.resource",
    ],
)
def test_the_data_role_removes_nothing_itself(plane: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        plane.execute(statement)  # type: ignore[call-overload]


@pytest.mark.parametrize("role", ["PDP", "CONTROL", "FINDER", "JOBS", "KEEPER"])
def test_no_other_role_calls_it(role: str, who: Registered, condition_id: str) -> None:
    dsn = os.environ[f"WUTONG_{role}_DSN"]
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
    with psycopg.connect(dsn, autocommit=True) as other, refused:
        other.execute(_DELETE, [who.patient_id, condition_id])


@pytest.mark.parametrize("table", ["record.superseded", "record.directory_superseded"])
def test_whether_a_version_is_shown_is_asked_row_by_row(plane: psycopg.Connection, table: str) -> None:
    """Not by a hash of all records of the territory, for each history; of what one record names, one may be made."""
    plan = "\n".join(line for (line,) in plane.execute(f"explain select from {table}"))  # type: ignore[arg-type]
    assert re.search(r"[^d] SubPlan \d", plan)
    for number in set(re.findall(r"hashed SubPlan (\d+)", plan)):
        assert re.search(rf"SubPlan {number}\n +->  Function Scan on named_v1", plan), plan


def test_a_marker_has_neither_body_nor_category(superuser: psycopg.Connection, who: Registered, cast: Cast) -> None:
    columns = "patient_id, resource_type, resource_id, version, depositor_id, category, stored_at, body, is_deleted"
    row = [who.patient_id, "Condition", ids.new(), 2, ids.new()]
    with superuser.transaction(force_rollback=True):
        for category, body in (("DX", b""), (None, b"{}")):
            with pytest.raises(psycopg.errors.CheckViolation), superuser.transaction():
                superuser.execute(
                    f"insert into record.superseded ({columns}) values (%s, %s, %s, %s, %s, %s, now(), %s, true)",  # type: ignore[arg-type]
                    [*row, category, body],
                )
