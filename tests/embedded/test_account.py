"""As root the server is somebody else's process; as an ordinary user it is theirs; no folder's mode is ever changed."""

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from embedded.conftest import names_in, running_at
from wutong.embedded import EmbeddedProblem, account, binaries, default_data_dir, start
from wutong.embedded.account import RunAs

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
NOBODY = 65534


def _modes(*folders: Path) -> list[int]:
    return [folder.stat().st_mode for folder in folders]


@only_root
def test_root_runs_the_server_as_an_unprivileged_account(pg: Path) -> None:
    with running_at(pg) as running:
        status = Path(f"/proc/{running.pid}/status").read_text()
        assert pg.stat().st_uid == Path(f"/proc/{running.pid}").stat().st_uid != 0
        assert "CapEff:\t0000000000000000" in status
        assert "Groups:\t \n" in status


@only_root
def test_root_under_a_strict_umask_makes_folders_that_the_account_may_enter(folder: Path) -> None:
    before = os.umask(0o077)
    try:
        with running_at(folder / "one" / "two" / "pg") as running:
            psycopg.connect(running.dsn()).close()
    finally:
        os.umask(before)


@only_root
def test_root_keeps_the_account_that_the_data_belong_to(pg: Path) -> None:
    nobody = pwd.getpwuid(NOBODY)
    for path in (pg, *pg.rglob("*")):  # made before the distribution's account existed
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    with running_at(pg) as running:
        assert Path(f"/proc/{running.pid}").stat().st_uid == NOBODY


@only_root
def test_root_is_told_where_the_account_cannot_reach(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    before = _modes(folder, closed)
    with pytest.raises(EmbeddedProblem, match=r"cannot reach.*--data"):
        start(closed / "inside" / "pg")
    assert _modes(folder, closed) == before


@only_root
def test_root_does_not_work_in_a_folder_that_another_account_owns(folder: Path) -> None:
    foreign = folder / "foreign"
    foreign.mkdir()
    os.chown(foreign, NOBODY, NOBODY)
    with pytest.raises(EmbeddedProblem, match="belongs to another account"):
        start(foreign / "pg")
    assert names_in(foreign) == set()


@only_root
def test_a_link_laid_in_the_way_is_not_followed(folder: Path) -> None:
    precious = folder / "precious"
    precious.write_text("kept")
    (folder / "pg.lock").symlink_to(precious)
    with pytest.raises(EmbeddedProblem, match=r"pg\.lock"):
        start(folder / "pg")
    assert precious.read_text() == "kept"


def _installation(folder: Path) -> Path:
    """A copy of the installation that is found; its directory of programs."""
    package = binaries.find().parents[1]
    shutil.copytree(package / "pginstall", folder / package.name / "pginstall", symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return folder / package.name / "pginstall" / "bin"


@pytest.fixture(params=["folder", "files"])
def hidden(request: pytest.FixtureRequest, folder: Path) -> Path:
    """An installation that root alone can reach: below a closed folder, or unpacked under a strict umask."""
    if binaries.find().parent.name != "pginstall":
        pytest.skip("the wheel's binaries are not installed")
    place = folder / "hidden"
    place.mkdir(mode=0o700 if request.param == "folder" else 0o755)
    programs = _installation(place)
    if request.param == "files":
        for path in place.rglob("*"):
            path.chmod(path.stat().st_mode & 0o700)
    return programs


@only_root
def test_binaries_that_the_account_cannot_reach_are_copied_once(pg: Path, hidden: Path) -> None:
    before = _modes(hidden, *hidden.parents)
    with running_at(pg, programs=hidden) as running:
        program = Path(f"/proc/{running.pid}/exe").readlink()
    copies = list(pg.parent.glob("postgresql-*"))
    assert [copy for copy in copies if copy in program.parents] == copies
    made_at = program.stat().st_ctime_ns
    with running_at(pg, programs=hidden):
        pass
    assert list(pg.parent.glob("postgresql-*")) == copies
    assert program.stat().st_ctime_ns == made_at
    assert _modes(hidden, *hidden.parents) == before


@only_root
def test_an_ordinary_user_runs_it_as_themselves(folder: Path) -> None:
    home = folder / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    code = (
        "import os, sys, psycopg; from pathlib import Path; from wutong.embedded import start;"
        "running = start(Path(sys.argv[1])); psycopg.connect(running.dsn()).close();"
        "print(os.stat(f'/proc/{running.pid}').st_uid); running.stop()"
    )
    words = [_interpreter_for_everybody(), "-c", code, str(home / "share" / "pg")]
    done = subprocess.run(
        words, user=NOBODY, group=NOBODY, extra_groups=[], cwd="/", capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.stdout.strip() == str(NOBODY), done.stderr
    assert (home / "share").stat().st_mode & 0o777 == 0o700


def _interpreter_for_everybody() -> str:
    nobody = RunAs(NOBODY, NOBODY, "nobody")
    wanted = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for path in (Path(sys.executable), Path("/usr/bin") / wanted):
        if nobody.may("-x", [path]) and nobody.may("-r", [Path(__file__), Path(psycopg.__file__)]):
            return str(path)
    pytest.skip("no interpreter or no source that an ordinary user can reach")


def test_an_ordinary_users_data_go_to_the_environment_or_to_their_data_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "prefix", str(folder))
    assert default_data_dir() == folder / "var" / "wutong-demo"
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert default_data_dir() == Path("/data/wutong/demo")
    monkeypatch.setenv("XDG_DATA_HOME", "not/absolute")
    assert default_data_dir() == Path.home() / ".local/share/wutong/demo"


@only_root
def test_roots_data_go_where_the_account_can_reach_them(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(folder))
    assert default_data_dir() == folder / "var" / "wutong-demo"
    folder.chmod(0o700)
    assert default_data_dir().parent == Path("/var/lib/wutong")
    folder.chmod(0o755)
    (folder / "var").mkdir(mode=0o700)
    assert default_data_dir().parent == Path("/var/lib/wutong")


def test_a_user_without_a_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 123_456_789)
    with pytest.raises(EmbeddedProblem, match="123456789"):
        account.choose()
