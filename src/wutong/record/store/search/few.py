"""What each of several searches finds, two resources at most: whether it names one. No body is read.

Those by identifier alone, which is how systems name what they deposited, take one statement together.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from wutong.record.gate.open import Opened
from wutong.record.searching.query import Held, Query
from wutong.record.store.rows import Found
from wutong.record.store.search.run import which

_MOST = 2
_COLUMNS = "r.resource_type, r.resource_id, r.version, r.stored_at"
_NAMED = """
(select distinct k.patient_id, k.resource_id from record.deposit_key k
  where k.depositor_id = %(depositor)s and k.resource_type = a.kind and k.value = any (a.keys)) as k
"""
_BY_IDENTIFIER = f"""
select a.number, found.*
  from jsonb_to_recordset(%(asked)s) as a (number int, kind text, keys text[], tokens text[]),
       lateral (
         (select {_COLUMNS}, r.patient_id
            from {_NAMED} join record.resource r
              on r.patient_id = k.patient_id and r.resource_type = a.kind and r.resource_id = k.resource_id
           where r.depositor_id = %(depositor)s and r.tokens && a.tokens limit %(most)s)
         union all
         (select {_COLUMNS}, null
            from {_NAMED} join record.directory r
              on r.depositor_id = %(depositor)s and r.resource_type = a.kind and r.resource_id = k.resource_id
           where k.patient_id is null and r.tokens && a.tokens limit %(most)s)) as found
"""  # noqa: S608 - our own names


async def few(connection: AsyncConnection[Any], opened: Opened, queries: Sequence[Query]) -> list[list[Found]]:
    """For each query the resources that it finds, in no order; of more than two only two."""
    asked = {number: query for number, query in enumerate(queries) if _is_by_identifier(query, opened)}
    found = await _by_identifier(connection, opened, asked)
    for number, query in enumerate(queries):
        if number not in asked:
            found[number] = await which(connection, opened, replace(query, count=_MOST, counted=0))
    return [found[number] for number in range(len(queries))]


def _is_by_identifier(query: Query, opened: Opened) -> bool:
    if query.keys is None or query.has_patient or opened.scope.depositor_id is None or opened.scope.patient_ids:
        return False
    return len(query.conditions) == 1 and isinstance(query.conditions[0], Held)


async def _by_identifier(
    connection: AsyncConnection[Any], opened: Opened, queries: dict[int, Query]
) -> dict[int, list[Found]]:
    found: dict[int, list[Found]] = {number: [] for number in queries}
    if not queries:
        return found
    asked = [
        {"number": number, "kind": query.resource_type, "keys": query.keys, "tokens": held.every}
        for number, query in queries.items()
        for held in query.conditions
        if isinstance(held, Held)
    ]
    question = {"asked": Jsonb(asked), "depositor": opened.scope.depositor_id, "most": _MOST}
    for number, *row in await (await connection.execute(_BY_IDENTIFIER, question)).fetchall():
        found[number].append(Found(*row))
    return found
