"""The embedded PostgreSQL's life: made whole, closed to strangers, one owner, no survivor, recovery."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from embedded.conftest import OWNER, Owner, becomes_true, is_alive, names_in, running_at
from wutong.embedded import EmbeddedProblem, attach, parent, start

OwnerOf = Callable[..., Owner]


def _ask(dsn: str, *questions: str) -> list[object]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return [row[0] for row in (connection.execute(question).fetchone() for question in questions) if row]


def _keep(dsn: str, answer: int) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"create table kept as select {answer} as answer")


_CAREFUL = {
    "show listen_addresses": "",
    "show data_checksums": "on",
    "show server_encoding": "UTF8",
    "select datcollate from pg_database where datname = 'template1'": "C.UTF-8",
    "select string_agg(distinct auth_method, ' ') from pg_hba_file_rules": "scram-sha-256",
    "show timezone": "UTC",
    "show jit": "off",
    "show max_connections": "100",
    "show fsync": "on",
    "show synchronous_commit": "on",
}


def test_the_first_start_makes_a_careful_cluster(new_pg: Path) -> None:
    with running_at(new_pg) as running:
        assert dict(zip(_CAREFUL, _ask(running.dsn(), *_CAREFUL), strict=True)) == _CAREFUL


def test_nobody_else_may_read_its_files(new_pg: Path) -> None:
    with running_at(new_pg):
        modes = {file.name: file.stat().st_mode & 0o777 for file in new_pg.parent.iterdir()}
    assert modes.pop("pg") == 0o700
    assert set(modes.values()) == {0o600}, modes


def test_no_secret_of_ours_is_in_its_environment(pg: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUTONG_SECRET_KEY", "not for the database")
    with running_at(pg) as running:
        assert "WUTONG" not in Path(f"/proc/{running.pid}/environ").read_text()


def test_the_second_start_is_quick_and_keeps_what_was_written(pg: Path) -> None:
    with running_at(pg) as running:
        _keep(running.dsn(), 42)
    began = time.monotonic()
    with running_at(pg) as running:
        assert time.monotonic() - began < 5
        assert _ask(running.dsn(), "select answer from kept") == [42]


def test_stopping_twice_is_stopping_once(pg: Path) -> None:
    running = start(pg)
    running.stop()
    running.stop()
    assert running.wait() == 0


@pytest.mark.parametrize("password", ["wrong", ""])
def test_without_the_password_nobody_gets_in(pg: Path, password: str) -> None:
    with running_at(pg) as running, pytest.raises(psycopg.OperationalError):
        psycopg.connect(running.dsn(password=password))


def test_a_second_owner_is_refused_at_once_and_told_who_the_first_is(pg: Path) -> None:
    with running_at(pg):
        began = time.monotonic()
        with pytest.raises(EmbeddedProblem, match=f"pid {os.getpid()}"):
            start(pg)
        assert time.monotonic() - began < 2


def test_another_process_reads_where_it_is_and_starts_nothing(pg: Path) -> None:
    with running_at(pg) as running:
        assert attach(pg).dsn() == running.dsn()
    with pytest.raises(EmbeddedProblem, match="wutong demo"):
        attach(pg)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_an_owner_that_dies_leaves_no_server(pg: Path, owner_of: OwnerOf, how: int) -> None:
    owner = owner_of(pg)
    owner.kill(how)
    assert becomes_true(lambda: not is_alive(owner.server))
    assert "database system is shut down" in (pg.parent / "pg.log").read_text()


def test_an_owner_that_ignores_interrupts_leaves_no_server_either(pg: Path, owner_of: OwnerOf) -> None:
    owner = owner_of(pg, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
    owner.kill(signal.SIGKILL)
    assert becomes_true(lambda: not is_alive(owner.server))


def test_a_killed_owners_server_is_waited_for_while_it_shuts_down(pg: Path, owner_of: OwnerOf) -> None:
    owner = owner_of(pg)
    dsn = attach(pg).dsn()
    with psycopg.connect(dsn, autocommit=True) as connection:  # much to write down before the end
        connection.execute("create table kept as select 7 as answer, repeat('x', 500) from generate_series(1, 100000)")
        owner.kill(signal.SIGKILL)
        with running_at(pg) as running:
            assert _ask(running.dsn(), "select answer from kept limit 1") == [7]


def test_a_server_whose_owner_died_too_early_never_runs(folder: Path) -> None:
    witness = folder / "witness"
    words = [sys.executable, "-I", "-S", parent.__file__, "999999999", "-", "-", "/usr/bin/touch", str(witness)]
    assert subprocess.run(words, check=False).returncode == 1
    assert not witness.exists()


def test_a_killed_server_is_noticed_and_the_next_start_recovers(pg: Path) -> None:
    with running_at(pg) as running:
        _keep(running.dsn(), 1)
        os.kill(running.pid, signal.SIGKILL)
        assert running.wait(10) == -signal.SIGKILL
        assert running.poll() is not None
    with running_at(pg) as running:  # whose postmaster.pid still says "ready"
        assert _ask(running.dsn(), "select answer from kept") == [1]


def test_a_dead_servers_pid_that_another_process_has_by_now_confuses_nobody(pg: Path) -> None:
    with running_at(pg) as running:
        os.kill(running.pid, signal.SIGKILL)
        running.wait(10)
    with subprocess.Popen(["sleep", "60"], user=pg.stat().st_uid, cwd="/") as stranger:
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            left = (pg / name).read_text().splitlines()
            (pg / name).write_text("\n".join([str(stranger.pid), *left[1:], ""]))
        with running_at(pg) as again:
            assert again.poll() is None
        stranger.kill()


def test_a_server_started_by_hand_is_left_alone(pg: Path) -> None:
    with subprocess.Popen(["sleep", "60"], cwd=pg) as by_hand:
        (pg / "postmaster.pid").write_text(f"{by_hand.pid}\n")
        with pytest.raises(EmbeddedProblem, match=f"pid {by_hand.pid}"):
            start(pg)
        by_hand.kill()


def test_a_crash_while_the_files_are_made_leaves_nothing_half_made(new_pg: Path) -> None:
    pg = new_pg
    with subprocess.Popen([sys.executable, "-c", OWNER, str(pg)]) as owner:
        assert becomes_true(lambda: (pg.parent / "pg.new" / "data" / "base").exists())
        owner.kill()
    assert not pg.exists()
    with running_at(pg) as running:
        assert _ask(running.dsn(), "select 1") == [1]
    assert names_in(pg.parent) == {"pg", "pg.lock", "pg.log", "pg.server-lock", "pg.superuser"}


@pytest.mark.parametrize("name", ["a-rather-long-name-" * 6, "two words", "comma,here", "醫院"])
def test_any_path_will_do(pg: Path, name: str) -> None:
    moved = pg.rename(pg.with_name(name))
    pg.with_name("pg.superuser").rename(pg.with_name(f"{name}.superuser"))
    with running_at(moved) as running:
        socket_dir = running.socket_dir
        assert socket_dir.stat().st_mode & 0o777 == 0o700
        assert _ask(attach(moved).dsn(), "select 2") == [2]
    assert socket_dir == moved or not socket_dir.exists()


def test_an_unusual_port_in_the_environment_changes_nothing(pg: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "6543")
    with running_at(pg) as running:
        assert _ask(running.dsn(), "show port") == ["5432"]


def test_a_lost_or_wrong_password_file_is_a_sentence(pg: Path) -> None:
    kept = pg.parent / "pg.superuser"
    kept.write_text("another")
    with pytest.raises(EmbeddedProblem, match="refuses the password"):
        start(pg)
    kept.unlink()
    with pytest.raises(EmbeddedProblem, match="Put it back"):
        start(pg)


def test_a_folder_with_other_files_is_not_touched(new_pg: Path) -> None:
    new_pg.mkdir()
    (new_pg / "letter.txt").write_text("dear")
    with pytest.raises(EmbeddedProblem, match="holds other files"):
        start(new_pg)
    assert names_in(new_pg) == {"letter.txt"}


def test_a_setting_that_postgresql_refuses_is_a_sentence_and_leaves_nothing_running(pg: Path) -> None:
    with pytest.raises(EmbeddedProblem, match="no_such_setting"):
        start(pg, options={"no_such_setting": "1"})
    with running_at(pg, options={"work_mem": "5MB"}) as running:
        assert _ask(running.dsn(), "show work_mem") == ["5MB"]


def test_a_folder_that_everybody_may_write_is_refused(folder: Path) -> None:
    shared = folder / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    with pytest.raises(EmbeddedProblem, match="would not be safe"):
        start(shared / "pg")
    assert names_in(shared) == set()
