"""`make bench-flat`: whether a query takes as long among 16,000 patients as among 1,000; what a resource takes on disk.

The demo's patients are copied, each copy with ids, numbers and traces of its own, about 100 resources each, straight
into the tables: the store is measured here, not its doors. Needs some 8 GB and half an hour. `python bench/flat.py 100
1000` compares other numbers. Prints figures of this machine; asserts nothing.
"""

import random
import statistics
import sys
import time
from urllib.parse import quote
from uuid import UUID

import httpx
import psycopg
from copies import Copier, sealer_of
from load import BASE, fresh_demo
from reads import token_of

from wutong.core.sealing import Sealer
from wutong.embedded import attach

FEW, MANY = 1_000, 16_000
RESOURCES, TIMES = 100, 400


def main() -> None:
    """Fill to the smaller number, measure, fill to the larger, measure again, compare."""
    few, many = (int(each) for each in sys.argv[1:3]) if len(sys.argv) > 2 else (FEW, MANY)
    with fresh_demo() as (folder, _):
        dsn = attach(folder / "demo" / "postgres").dsn(dbname="wutong")
        with psycopg.connect(dsn, autocommit=True) as connection:
            _compare(connection, sealer_of(folder / "demo"), token_of(folder), few, many)


def _compare(connection: psycopg.Connection, sealer: Sealer, token: str, few: int, many: int) -> None:
    copier = Copier(connection, sealer, RESOURCES)
    patients = copier.fill(range(few))
    before = _measure(connection, token, patients)
    patients += copier.fill(range(few, many))
    after = _measure(connection, token, patients)
    for name, p95 in after.items():
        print(f"{name:44} p95 {before[name]:6.1f} ms among {few}, {p95:6.1f} ms among {many}: {p95 / before[name]:.2f}")
    _disk(connection)


def _measure(connection: psycopg.Connection, token: str, patients: list[str]) -> dict[str, float]:
    chosen = random.Random(7).sample(patients, min(TIMES, len(patients)))
    with httpx.Client(base_url=f"{BASE}/fhir", trust_env=False, headers={"authorization": f"Bearer {token}"}) as client:
        return {name: _p95(client, paths) for name, paths in _questions(connection, chosen).items()}


def _questions(connection: psycopg.Connection, patients: list[str]) -> dict[str, list[str]]:
    rows = connection.execute(
        "select distinct on (patient_id) patient_id::text, resource_id::text, substring(t from 'code=[^|]*\\|(.*)')"
        "  from record.resource, unnest(tokens) as t"
        " where patient_id = any (%s) and resource_type = 'Observation' and t like 'code=http%%'",
        [[UUID(each) for each in patients]],
    ).fetchall()
    numbers = _identifiers(connection, patients)
    return {
        "read by id": [f"/Observation/{resource}" for _, resource, _ in rows],
        "search by _id, with _include": [
            f"/Observation?_id={resource}&_include=Observation:patient" for _, resource, _ in rows
        ],
        "patient and code, newest first, 20": [
            f"/Observation?patient={patient}&code={code}&_sort=-date&_count=20" for patient, _, code in rows
        ],
        "all observations of a patient, 50": [f"/Observation?patient={patient}&_count=50" for patient, _, _ in rows],
        "conditions by status": [f"/Condition?patient={patient}&clinical-status=active" for patient, _, _ in rows],
        "with _revinclude": [f"/Patient?_id={patient}&_revinclude=Condition:patient" for patient, _, _ in rows],
        "_has": [f"/Patient?_id={patient}&_has:Observation:patient:code={code}" for patient, _, code in rows],
        "patient.identifier": [f"/Observation?patient.identifier={number}" for number in numbers],
        "history of one": [f"/Observation/{resource}/_history" for _, resource, _ in rows],
        "$everything, 50": [f"/Patient/{patient}/$everything?_count=50" for patient, _, _ in rows],
        "a type, the last stored": ["/Condition?_count=20"] * 100,
    }


def _identifiers(connection: psycopg.Connection, patients: list[str]) -> list[str]:
    found = connection.execute(
        "select distinct on (patient_id) substr(value, 2) from record.deposit_key"
        " where patient_id = any (%s) and resource_type = 'Patient' and value like '=%%'",
        [[UUID(each) for each in patients]],
    ).fetchall()
    return [quote(number) for (number,) in found]


def _p95(client: httpx.Client, paths: list[str]) -> float:
    times = []
    for path in (*paths[:20], *paths):
        began = time.perf_counter()
        answer = client.get(path)
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, f"{path}: {answer.text}"
    return statistics.quantiles(times[20:], n=20)[-1]


def _disk(connection: psycopg.Connection) -> None:
    sizes = connection.execute(
        "select c.relname, pg_total_relation_size(c.oid), pg_indexes_size(c.oid) from pg_class c"
        " join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'record' and c.relkind = 'r' order by 2 desc"
    ).fetchall()
    [(resources,)] = connection.execute("select count(*) from record.resource").fetchall()
    total = sum(size for _, size, _ in sizes)
    print(f"{resources} resources, {total / resources / 1024:.2f} KiB of disk each, with all indexes:")
    for name, size, indexes in sizes:
        if size > resources:
            print(f"  {name}: {size / resources:.0f} bytes, of them indexes {indexes / resources:.0f}")


if __name__ == "__main__":
    main()
