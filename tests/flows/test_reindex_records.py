"""Whatever is wrong in what rows are found by, the comparison says so, and working it out anew mends it."""

import os
import signal
import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from keeping import Apart, Kept, apart, differences, keeper_connection, record, reindexed

from wutong import cli
from wutong.commands import ending
from wutong.core import ids
from wutong.record.flows.worked_out import work_out
from wutong.record.store.keeper.rows import PATIENTS, Change, versions, write
from wutong.record.store.keeper.session import Keeper

_ROW = "patient_id = %(patient)s and resource_id = %(observation)s"
# What is done to the index behind everybody's back, and words of what the comparison then says.
_TAMPERED = {
    "tokens": (f"update record.resource set tokens = tokens[2:] where {_ROW}", "says: tokens"),
    "strange token": (f"update record.resource set tokens = tokens || '{{code=x}}' where {_ROW}", "says: tokens"),
    "strings": (f"update record.superseded set strings = '{{name=x}}' where {_ROW} and version = 1", "says: strings"),
    "dates": (f"update record.resource set date_ends = date_begins where {_ROW}", "says: dates"),
    "torn dates": (f"update record.resource set date_ends = '{{}}' where {_ROW}", "do not fit together"),
    "amounts": (f"update record.resource set amount_lows = amount_highs where {_ROW}", "says: amounts"),
    "category": (f"update record.resource set category = 'OBS' where {_ROW}", "says: category"),
    "shared no more": (f"update record.superseded set category = null where {_ROW}", "says: category"),
    "time": (f"update record.resource set clinical_at = now() where {_ROW}", "says: clinical time"),
    "no key": ("delete from record.deposit_key where resource_id = %(observation)s", "lacks a key"),
    "key astray": (
        "update record.deposit_key set patient_id = gen_random_uuid() where resource_id = %(observation)s",
        "lacks a key",
    ),
    "strange key": (
        """
        insert into record.deposit_key select depositor_id, resource_type, '=x', resource_id, patient_id
          from record.deposit_key where resource_id = %(observation)s
        """,
        "has a key that none of its versions gives",
    ),
    "no reference": ("delete from record.directory_reference where patient_id = %(patient)s", "is not noted"),
    "strange reference": (
        """
        insert into record.directory_reference select patient_id, 'Location', gen_random_uuid(), depositor_id, 'DX'
          from record.directory_reference where patient_id = %(patient)s
        """,
        "as is noted",
    ),
    "directory": (
        "update record.directory set tokens = '{}' where resource_id = %(practitioner)s",
        "says: tokens",
    ),
    "directory's key": ("delete from record.deposit_key where resource_id = %(practitioner)s", "lacks a key"),
}


@pytest.fixture(scope="module")
def there(superuser: psycopg.Connection) -> Iterator[Apart]:
    """A database of its own."""
    with apart(superuser) as made:
        yield made


@pytest.fixture(scope="module")
def kept(there: Apart) -> Kept:
    """A record that is put right again by each test."""
    return record(there)


def _tamper(there: Apart, kept: Kept, statement: str) -> None:
    done = there.superuser.execute(statement, kept.names())  # type: ignore[call-overload]
    assert done.rowcount > 0


@pytest.mark.parametrize("name", _TAMPERED)
def test_what_was_tampered_with_is_seen_and_mended(there: Apart, kept: Kept, name: str) -> None:
    statement, words = _TAMPERED[name]
    assert differences() == []
    _tamper(there, kept, statement)
    said = differences()
    assert said
    assert any(words in sentence for sentence in said), said
    reindexed()
    assert differences() == []


def test_a_row_is_found_again(there: Apart, kept: Kept) -> None:
    search = f"Observation?identifier=urn:lab|L 9&value-quantity=gt5&patient={kept.names()['patient']}"
    for found in (True, False, True):
        if found:
            reindexed(only="Observation")
        else:
            _tamper(there, kept, f"update record.resource set tokens = '{{}}', amount_names = '{{}}' where {_ROW}")
        assert there.fhir("GET", search).json()["total"] == found


def test_where_nothing_is_wrong_nothing_is_written(there: Apart, kept: Kept) -> None:
    reindexed()
    query = "select xmin::text, ctid::text from record.resource where patient_id = %s order by 1, 2"
    before = there.superuser.execute(query, [UUID(kept.names()["patient"])]).fetchall()
    done = reindexed()
    assert done.read > 3
    assert (done.rows, done.keys, done.references) == (0, 0, 0)
    assert there.superuser.execute(query, [UUID(kept.names()["patient"])]).fetchall() == before


def test_one_type_alone(there: Apart, kept: Kept) -> None:
    _tamper(there, kept, f"update record.resource set tokens = '{{}}' where {_ROW}")
    assert reindexed(only="Condition").rows == 0
    assert differences()
    assert reindexed(only="Observation").rows == 1
    assert differences() == []


def test_it_goes_on_from_where_it_was(there: Apart, kept: Kept) -> None:
    places = list[str]()
    reindexed(tell=lambda _, place: places.append(place))
    here = places.index(f"patients/{kept.names()['patient']}")
    _tamper(there, kept, f"update record.resource set tokens = '{{}}' where {_ROW}")
    assert reindexed(after=("patients", UUID(kept.names()["patient"]))).rows == 0
    before = UUID(places[here - 1].partition("/")[2]) if here else ids.NOBODY
    assert reindexed(after=("patients", before)).rows == 1
    told = list[str]()
    reindexed(after=("directories", ids.NOBODY), tell=lambda _, place: told.append(place))
    assert told == [place for place in places if place.startswith("directories/")]


def test_both_its_ends_are_in_the_trail(there: Apart, kept: Kept) -> None:
    _tamper(there, kept, f"update record.resource set category = 'OBS' where {_ROW}")
    reindexed(only="Observation")
    query = """
    select outcome, caller_kind, is_ticket, detail from audit.event where event = 'record:reindex' order by at desc limit 2
    """
    (*end, done), (*begin, begun) = there.superuser.execute(query).fetchall()
    assert end == begin == ["allowed", "host", False]
    assert begun == {"stage": "begun", "type": "Observation", "after": None}
    counts = {"rows": 1, "categories": 1, "keys": 0, "references": 0, "unreadable": 0}
    assert done == {"stage": "done", "type": "Observation", "after": None, "read": done["read"], **counts}
    assert done["read"] >= 3


def test_what_is_broken_off_says_so_in_the_trail(there: Apart, kept: Kept) -> None:
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reindexed(tell=stop)
    query = "select detail ->> 'stage' from audit.event where event = 'record:reindex' order by at desc limit 1"
    assert there.superuser.execute(query).fetchone() == ("broken off",)


def test_a_signal_amid_a_statement_is_a_breaking_off_too(there: Apart, kept: Kept) -> None:
    before = {each: signal.getsignal(each) for each in ending.STOP_SIGNALS}
    with psycopg.connect(there.superuser.info.dsn, password=there.superuser.info.password) as blocking:
        blocking.execute("lock table record.resource")  # whoever reads rows waits
        signalling = threading.Thread(target=_signal_when_somebody_waits, args=[there.superuser])
        signalling.start()
        ending.heed_signals()
        with pytest.raises(ending.Stopped):
            reindexed()
        signalling.join()
    for each, handler in before.items():
        signal.signal(each, handler)
    query = "select detail ->> 'stage' from audit.event where event = 'record:reindex' order by at desc limit 1"
    assert there.superuser.execute(query).fetchone() == ("broken off",)


def _signal_when_somebody_waits(superuser: psycopg.Connection) -> None:
    while not superuser.execute("select from pg_locks where not granted").fetchall():
        pass
    signal.raise_signal(signal.SIGTERM)


def test_a_version_that_moves_meanwhile_is_mended_where_it_lies(there: Apart) -> None:
    """An upload copies the row as it is found; what was worked out from its content reaches the copy."""
    kept = record(there)
    _tamper(there, kept, f"update record.resource set tokens = '{{}}' where {_ROW}")
    with keeper_connection() as (connection, sealer):
        keeper = Keeper(connection, sealer)
        [piece] = versions(keeper, PATIENTS, UUID(kept.names()["patient"]), "Observation")
        stale = piece[-1]
        wanted = work_out(stale, {}, sealer)
        assert _put(there, kept) == 200
        write(keeper, PATIENTS, [Change(stale, wanted.category, wanted.clinical_at, wanted.entries)])
    assert (stale.version, stale.tokens) == (3, [])
    assert differences() == []


def test_beside_a_server_that_takes_uploads(there: Apart) -> None:
    kept, stop, answered = record(there), threading.Event(), list[int]()

    def upload() -> None:
        while not stop.is_set():
            answered.append(_put(there, kept))

    uploading = threading.Thread(target=upload)
    uploading.start()
    try:
        for _ in range(5):
            statement = "update record.resource set tokens = '{{}}', date_names = '{{}}', category = null where " + _ROW
            _tamper(there, kept, statement.replace("{{}}", "{}"))
            reindexed(only="Observation")
    finally:
        stop.set()
        uploading.join()
    assert set(answered) == {200}
    assert differences() == []


def _put(there: Apart, kept: Kept) -> int:
    resource = there.fhir("GET", kept.observation).json()
    return there.fhir("PUT", kept.observation, json=resource).status_code


def test_the_command_says_what_is_wrong_and_mends_it(
    there: Apart, kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    _tamper(there, kept, f"update record.resource set tokens = '{{}}' where {_ROW}")
    assert cli.main(["check", "--deep"]) == 1
    said = capsys.readouterr().out
    assert f"{kept.observation} version 3 is indexed otherwise than its content says: tokens." in said
    assert "`wutong reindex` mends" in said
    assert cli.main(["reindex", "--type", "Observation"]) == 0
    assert "found by something else now" in capsys.readouterr().out
    assert cli.main(["check", "--deep"]) == 0
    assert "records: good" in capsys.readouterr().out


def test_without_the_keepers_connection_neither_begins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("WUTONG_KEEPER_DSN")
    assert cli.main(["check"]) == 0
    for words in (["reindex"], ["check", "--deep"]):
        assert cli.main(words) == 1
        assert "WUTONG_KEEPER_DSN is not set" in capsys.readouterr().err
    monkeypatch.setenv("WUTONG_KEEPER_DSN", os.environ["WUTONG_PLANE_DSN"])
    assert cli.main(["reindex"]) == 1
    assert "signs in as wutong_plane, not as wutong_keeper" in capsys.readouterr().err


def test_a_type_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["reindex", "--type", "Observatory"]) == 1
    assert "Observatory is no resource type" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["patients", "people/6f9619ff-8b86-4011-b42d-00cf4fc964ff", "patients/1"])
def test_a_place_that_is_none_is_refused(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(["reindex", "--after", place])
    assert "patients/<id> or directories/<id>" in capsys.readouterr().err
