"""Twin worlds: two databases alike but for what their callers may not see answer everything byte by byte the same.

Doctor, nurse, pharmacist, optometrist, occupational therapist, patient and two systems ask, and somebody without a token.
What differs: rows in categories that are closed to a profession, types that nobody shares, identity numbers that are
masked, versions, what another provider deposited, its directory, other people and their consent. WUTONG_SEARCHES: how
many questions.
"""

import os
from collections.abc import Iterator
from random import Random

import psycopg
import pytest
from conftest import settings_of

from searching.twins.asking import Asked, asked
from searching.twins.comparing import told
from searching.twins.filling import SEED
from searching.twins.leaking import LEAKS
from searching.twins.worlds import NAMES, Twins, twins

SEARCHES = int(os.environ.get("WUTONG_SEARCHES", "200"))
_MOST_UNTIL_FOUND = 400
_ROWS = """
select resource_type, coalesce(category, ''), count(*) from record.resource group by 1, 2
 union all select resource_type, 'directory', count(*) from record.directory group by 1
 union all select resource_type, 'earlier', count(*) from record.superseded group by 1
"""


@pytest.fixture(scope="module")
def both() -> Iterator[Twins]:
    with twins() as made:
        yield made


def _question(both: Twins, number: int) -> Asked:
    return asked(Random(SEED * 1000 + number), both.world)


@pytest.mark.parametrize("number", range(SEARCHES))
def test_twin_worlds_give_the_same_answers(both: Twins, number: int) -> None:
    question = _question(both, number)
    one, other = (told(each, both.world, question) for each in both.honest)
    assert one == other, question
    assert all(each.status < 500 for each in one), question


@pytest.mark.parametrize("leak", LEAKS)
def test_what_leaks_is_found_by_the_same_questions(both: Twins, leak: str) -> None:
    """The canaries: servers over the same databases that let out one thing."""
    for number in range(_MOST_UNTIL_FOUND):
        question = _question(both, number)
        one, other = (told(each, both.world, question, leak=leak) for each in both.leaking)
        assert all(each.status < 500 for each in one), question
        if one != other:
            honest, honest_other = (told(each, both.world, question) for each in both.leaking)
            assert honest == honest_other, question
            return
    pytest.fail(f"{_MOST_UNTIL_FOUND} questions do not find it")


def test_most_questions_find_something(both: Twins) -> None:
    """What finds nothing in either world would compare nothing."""
    answers = [told(both.honest[0], both.world, _question(both, number))[0] for number in range(100)]
    assert sum(each.status == 200 for each in answers) > 50
    assert sum(b'"entry"' in each.body for each in answers) > 25


def test_the_worlds_differ_in_rows_of_each_kind(both: Twins) -> None:
    one, other = map(_counted, NAMES)
    kinds = {kind for kind, _, _ in one - other}
    assert {"Patient", "Practitioner", "Observation", "Immunization", "Goal", "Flag", "RiskAssessment"} <= kinds
    assert {"BIRTH", "LAB", "RAD", "OIR", "IMM", "earlier", "directory"} <= {where for _, where, _ in one - other}


def _counted(database: str) -> set[tuple[str, str, int]]:
    """Of each type, and each category or table, how many rows there are."""
    with psycopg.connect(settings_of(database)["WUTONG_SUPERUSER"]) as connection:
        return set(connection.execute(_ROWS).fetchall())
