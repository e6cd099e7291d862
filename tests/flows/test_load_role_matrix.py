"""The role matrix is loaded by `wutong migrate`, once: flow page docs/flows/load_role_matrix.md."""

import psycopg

from wutong import cli
from wutong.control.people.role_matrix import rows

_MATRIX = "select profession, category, access, source from control.role_category where version = 1"
_LOADED = "select caller_kind, outcome, detail from audit.event where event = 'roles:load'"


def test_migrating_loads_the_matrix_with_where_it_comes_from(superuser: psycopg.Connection) -> None:
    assert set(superuser.execute(_MATRIX).fetchall()) == set(rows())


def test_loading_is_in_the_trail_and_happens_once(superuser: psycopg.Connection) -> None:
    before = superuser.execute(_LOADED).fetchall()
    assert before == [("host", "allowed", {"rows": len(list(rows()))})]
    assert cli.main(["migrate"]) == 0
    assert superuser.execute(_LOADED).fetchall() == before


def test_what_a_territory_changed_stays_as_it_is(superuser: psycopg.Connection) -> None:
    where = "where profession = 'CHI' and category = 'IMM' and version = 1"
    superuser.execute(f"update control.role_category set access = 'G' {where}")
    try:
        assert cli.main(["migrate"]) == 0
        assert superuser.execute(f"select access from control.role_category {where}").fetchall() == [("G",)]
    finally:
        superuser.execute(f"update control.role_category set access = '-' {where}")
