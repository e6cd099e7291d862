"""Of two `wutong migrate` at once, the second waits for the first and says so."""

import os
import subprocess
import sys

import psycopg
import pytest

from wutong.schema import ledger

_WAITS = "another `wutong migrate` is at work on this database; waiting for it to end\n"


def _migrate(database: str) -> "subprocess.Popen[str]":
    dsns = {name: value for name, value in os.environ.items() if name.endswith("_DSN")}
    there = {name: value.replace("dbname=wutong_test", f"dbname={database}") for name, value in dsns.items()}
    words = [sys.executable, "-m", "wutong", "migrate"]
    return subprocess.Popen(words, env=os.environ | there, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_a_second_migration_waits_and_says_so() -> None:
    with psycopg.connect(os.environ["WUTONG_OWNER_DSN"], autocommit=True) as first:
        ledger.lock(first, say=pytest.fail)
        with _migrate("wutong_test") as second:
            assert second.stdout
            assert second.stdout.readline() == _WAITS
            assert second.poll() is None
            first.close()
            said, _ = second.communicate(timeout=60)
    assert (second.returncode, said) == (0, "The database is up to date.\n")


def test_two_migrations_of_an_empty_database_at_once_both_end_well(superuser: psycopg.Connection) -> None:
    superuser.execute("create database wutong_race owner wutong_owner")
    both = [_migrate("wutong_race") for _ in range(2)]
    said = [each.communicate(timeout=120)[0] for each in both]
    superuser.execute("drop database wutong_race with (force)")
    assert [each.returncode for each in both] == [0, 0], said
    assert sorted("applying 0001_audit" in text for text in said) == [False, True]
    assert sorted(text.startswith(_WAITS) for text in said) == [False, True]
