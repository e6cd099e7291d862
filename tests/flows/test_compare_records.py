"""What is lost, too much or changed in the data itself is said by the comparison, and `wutong reindex` leaves it be."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from keeping import Apart, Kept, apart, differences, record, reindexed

from wutong import cli

_ID = "patient_id = %(patient)s and resource_id = %(observation)s"
_GONE = "patient_id = %(patient)s and resource_id = %(condition)s"
_OTHER = "gen_random_uuid()"
# What is done to the data behind everybody's back, what undoes it, and words of what the comparison says.
_DAMAGE = {
    "a version is gone": ("superseded", f"delete from record.superseded where {_ID} and version = 2", "follows upon"),
    "the first is gone": ("superseded", f"delete from record.superseded where {_ID} and version = 1", "no earlier"),
    "the current one is gone": ("resource", f"delete from record.resource where {_ID}", "there is no later one"),
    "the deletion is gone": (
        "superseded",
        f"delete from record.superseded where {_GONE} and is_deleted",
        "there is no later one",
    ),
    "two of one number": (
        "superseded",
        f"update record.superseded set version = 3 where {_ID} and version = 2",
        "says that it is another version",
    ),
    "later than the current": (
        "resource",
        f"update record.resource set version = 1 where {_ID}",
        "there is a later one",
    ),
    "another's content": (
        "resource",
        f"update record.resource set body = (select body from record.superseded where {_ID} and version = 1) where {_ID}",
        "says that it is another version",
    ),
    "no content": ("resource", f"update record.resource set body = 'x' where {_ID}", "is no resource"),
    "whereabouts gone": (
        "whereabouts",
        "delete from record.whereabouts where resource_id = %(observation)s",
        "where its whereabouts say",
    ),
    "whereabouts of another": (
        "whereabouts",
        f"update record.whereabouts set patient_id = {_OTHER} where resource_id = %(observation)s",
        "it may be lost",
    ),
    "whereabouts of another depositor": (
        "whereabouts",
        f"update record.whereabouts set depositor_id = {_OTHER} where resource_id = %(practitioner)s",
        "where its whereabouts say",
    ),
    "whereabouts of nothing": (
        "whereabouts",
        """
        insert into record.whereabouts
        select 'Location', resource_id, null, depositor_id from record.whereabouts where resource_id = %(observation)s
        """,
        "it may be lost",
    ),
    "a number is gone": (
        "identity_value",
        "delete from record.identity_value where patient_id = %(patient)s",
        "other identity numbers",
    ),
    "a number's hash": (
        "identity_value",
        "update record.identity_value set trace = '0' where patient_id = %(patient)s",
        "other identity numbers",
    ),
    "a number's seal": (
        "identity_value",
        "update record.identity_value set sealed = sealed || '0' where patient_id = %(patient)s",
        "sealed for another place, or was changed",
    ),
    "a number's place": (
        "identity_value",
        "update record.identity_value set place = 'contact/3' where patient_id = %(patient)s",
        "sealed for another place",
    ),
    "a number's element": (
        "resource",
        """
        update record.resource set body = convert_to(replace(convert_from(body, 'UTF8'), 'identifier', 'other'), 'UTF8')
         where resource_id = %(patient)s
        """,
        "no place for an identity number",
    ),
    "a number of nothing": (
        "identity_value",
        "update record.identity_value set version = 9 where patient_id = %(patient)s",
        "version 9 is not there",
    ),
}


@pytest.fixture(scope="module")
def there(superuser: psycopg.Connection) -> Iterator[Apart]:
    """A database of its own."""
    with apart(superuser) as made:
        yield made


@pytest.fixture(scope="module")
def kept(there: Apart) -> Kept:
    """A record that nobody mends."""
    return record(there)


@pytest.mark.parametrize("name", _DAMAGE)
def test_damage_is_seen(there: Apart, kept: Kept, name: str) -> None:
    table, statement, words = _DAMAGE[name]
    assert differences() == []
    with _put_back(there, table, kept):
        done = there.superuser.execute(statement, kept.names())  # type: ignore[call-overload]
        assert done.rowcount > 0
        said = differences()
        assert any(words in sentence for sentence in said), said
    assert differences() == []


@contextmanager
def _put_back(there: Apart, table: str, kept: Kept) -> Iterator[None]:
    """What is done to this record's rows of a table inside is undone."""
    ours = f"from record.{table} where resource_id = any (%s::uuid[])"
    given = [list(kept.names().values())]
    there.superuser.execute(f"create table public.kept as select * {ours}", given)
    try:
        yield
    finally:
        there.superuser.execute(f"delete {ours}", given)
        there.superuser.execute(f"insert into record.{table} select * from public.kept")
        there.superuser.execute("drop table public.kept")


def test_reindexing_leaves_alone_what_it_cannot_read(there: Apart, kept: Kept) -> None:
    query = "select tokens, clinical_at from record.resource where resource_id = %(observation)s"
    before = there.superuser.execute(query, kept.names()).fetchall()
    said = list[str]()
    with _put_back(there, "resource", kept):
        there.superuser.execute(f"update record.resource set body = 'x' where {_ID}", kept.names())
        done = reindexed(say=said.append)
        assert there.superuser.execute(query, kept.names()).fetchall() == before
        assert cli.main(["reindex", "--type", "Observation"]) == 1
    assert done.unreadable >= 1
    assert f"{kept.observation} version 3 is left as it is: its content is no resource." in said
    assert differences() == []  # nor did what the unread version names go


def test_nothing_of_the_content_is_said(there: Apart, kept: Kept) -> None:
    with _put_back(there, "resource", kept):
        there.superuser.execute(
            f"update record.resource set tokens = '{{}}', category = 'DX' where {_ID}", kept.names()
        )
        sentence, *_ = differences()
    assert sentence == f"{kept.observation} version 3 is indexed otherwise than its content says: category, tokens."


def test_both_its_ends_are_in_the_trail(there: Apart, kept: Kept) -> None:
    assert differences() == []
    query = "select caller_kind, detail from audit.event where event = 'record:compare' order by at desc limit 2"
    (_, done), begun = there.superuser.execute(query).fetchall()
    assert begun == ("host", {"stage": "begun"})
    assert done["stage"] == "done"
    assert done["read"] > 6
