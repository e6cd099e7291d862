"""`python -m proving.leaking`: the prover over a platform that lets out one thing after another; for the canaries alone.

Each round's world is asked once for each leak that has not shown yet, and once (the name is empty) for none. Prints a
line of JSON for each: its name, how many cases were asked, and what the report says.
What leaks is read past row security, as nothing in the house can.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import Any

import psycopg
from psycopg import sql
from searching.twins import leaking
from starlette.exceptions import HTTPException

from wutong.commands import prove as command
from wutong.commands import start
from wutong.core.answers import Missing, Refused
from wutong.proving.asking import Asked
from wutong.proving.cluster import USED, cluster
from wutong.proving.differing import ROUND
from wutong.proving.platform import Platform
from wutong.proving.prove import Ground, Proof, Round, ground
from wutong.proving.questions.question import Question
from wutong.record.store.search import along, conditions, run

MOST_ROUNDS, CASES = 8, 120
_ROWS = "select count(*) from record.resource"
_IS_THERE = "select exists (select from record.resource where resource_id::text = %(id)s)"
_LAX = """
exists (select from audit.scope_v1() as s
         where patient_id = any (s.read_patients) and category = any (s.read_categories)
            or depositor_id = s.deposit_provider and (patient_id = any (s.deposit_patients)) is not false)
"""


def _asked(statement: str, **question: Any) -> Any:
    with psycopg.connect(os.environ["WUTONG_SUPERUSER"]) as connection:
        return connection.execute(statement, question).fetchall()[0][0]


@contextmanager
def _patched(module: str, name: str, leaky: Callable[[Any], Any]) -> Iterator[None]:
    place = import_module(f"wutong.{module}")  # not before Django is set up
    honest = getattr(place, name)
    setattr(place, name, leaky(honest))
    try:
        yield
    finally:
        setattr(place, name, honest)


def _status_that_leaks(honest: Any) -> Any:
    """`read_record`: of what is there, and may not be seen, another status than of what is not there."""

    async def found(*given: Any) -> Any:
        row = await honest(*given)
        if isinstance(row, Refused | Missing) and _asked(_IS_THERE, id=given[-1]):
            raise HTTPException(410)
        return row

    return found


def _name_that_leaks(honest: Any) -> Any:
    """`_user`: beside the name on every page, how many rows there are."""

    def found(request: Any) -> Any:
        who = honest(request)
        return who and replace(who, display_name=f"{who.display_name} ({_asked(_ROWS)})")

    return found


@contextmanager
def _policy(table: str, name: str) -> Iterator[None]:
    """The policy without what a person closed."""
    honest = "select pg_get_expr(polqual, polrelid) from pg_policy where polname = %(name)s and polrelid = %(table)s::regclass"
    kept = _asked(honest, name=name, table=f"record.{table}")
    _altered(table, name, sql.SQL(_LAX))
    try:
        yield
    finally:
        _altered(table, name, sql.SQL(kept))


def _altered(table: str, name: str, rule: sql.SQL) -> None:
    with psycopg.connect(os.environ["WUTONG_SUPERUSER"]) as connection:
        named = map(sql.Identifier, (name, table))
        connection.execute(sql.SQL("alter policy {} on record.{} using ({})").format(*named, rule))


@contextmanager
def _of_twins(name: str) -> Iterator[None]:
    """Those of tests/searching, here for every request."""
    leaking._leak = ContextVar("leak", default=name)
    with (
        _patched("record.fhir.search", "search_records", leaking.search_that_leaks),
        _patched("record.fhir.read", "read_record", leaking.read_that_leaks),
        _patched("record.store.search.conditions", "composed", leaking.numbers_that_leak),
    ):
        run.composed = along.composed = conditions.composed
        yield
    run.composed = along.composed = conditions.composed


LEAKS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    **{name: partial(_of_twins, name) for name in ("", *leaking.LEAKS)},
    "status": lambda: _patched("record.fhir.read", "read_record", _status_that_leaks),
    "count on a page": lambda: _patched("control.guard.sessions", "_user", _name_that_leaks),
    "closed parts": lambda: _policy("resource", "by_ticket"),
    "closed earlier versions": lambda: _policy("superseded", "by_person_ticket"),
}


def _shown(on: Ground) -> list[Proof]:
    """One of each leak, in their order."""
    proofs = {name: Proof(seed=7) for name in LEAKS}
    for number in range(MOST_ROUNDS):
        waiting = [name for name, proof in proofs.items() if not proof.differences]
        if waiting == [""]:
            break
        wanted = range(number * ROUND, number * ROUND + CASES)
        asking = Round(on, Proof(seed=7), number, wanted)
        questions, one, other = asking.asked(partial(_under, asking, waiting))
        for name in waiting:
            replace(asking, proof=proofs[name]).compare(questions, one[name], other[name])
    return list(proofs.values())


def _under(asking: Round, names: list[str], running: Platform, questions: list[Question]) -> dict[str, list[Asked]]:
    answers: dict[str, list[Asked]] = {}
    for name in names:
        with LEAKS[name]():
            answers[name] = asking.answers(running, questions, again=name)
    # The trail has what was asked for the leak before, and what pages ask at once in any order.
    officers = [place for place, each in enumerate(questions) if each.caller.kind == "officer"]
    return {
        name: [Asked() if place in officers else each for place, each in enumerate(told)]
        for name, told in answers.items()
    }


def main() -> None:
    """All of them."""
    with cluster() as made:
        os.environ["WUTONG_SUPERUSER"] = made.running.dsn(dbname=USED)
        start.set_up_django()
        with ground(made, command.migrate) as on:
            for name, proof in zip(LEAKS, _shown(on), strict=True):
                told = [each.sentences for each in proof.differences]
                print(json.dumps({"leak": name, "cases": proof.cases, "told": told}))


if __name__ == "__main__":
    main()
