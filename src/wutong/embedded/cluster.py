"""PostgreSQL's files: made whole or not at all, and cleared of what a dead server left."""

import secrets
import shutil
from pathlib import Path

from wutong.embedded import address, locks
from wutong.embedded.child import Launcher, end, last_words
from wutong.embedded.folder import DataFolder, keep_names, write_private
from wutong.embedded.problems import EmbeddedProblem

_INITDB = (
    "--username", address.SUPERUSER, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums",
    "--no-instructions",
)  # fmt: skip


def superuser_password(folder: DataFolder) -> str:
    """The kept password, made before the first data; raises EmbeddedProblem where it is lost."""
    file = folder.superuser
    if file.exists() and (kept := file.read_text()):
        return kept
    if folder.major():
        raise EmbeddedProblem(
            f"The file {file} with the database's password is gone, but the data in {folder.path} need it. "
            f"Put it back, or name another --data to begin afresh."
        )
    made = secrets.token_urlsafe(24)
    write_private(file, made)
    return made


def initialise(launcher: Launcher, password: str) -> None:
    """initdb into a folder beside it, then one rename: a crash leaves nothing half made."""
    folder, scratch = launcher.folder, launcher.folder.scratch
    shutil.rmtree(scratch, ignore_errors=True)
    if folder.major():
        return
    if folder.path.exists() and any(folder.path.iterdir()):
        raise EmbeddedProblem(f"The folder {folder.path} holds other files. Empty it, or name another --data.")
    scratch.mkdir(mode=0o700)
    secret = scratch / "password"
    write_private(secret, password)
    for path in (secret, scratch):
        launcher.run_as.own(path)
    _initdb(launcher, scratch / "data", secret)
    (scratch / "data").rename(folder.path)
    keep_names(folder.path.parent)
    shutil.rmtree(scratch)


def _initdb(launcher: Launcher, fresh: Path, secret: Path) -> None:
    process = launcher.run("initdb", "--pgdata", str(fresh), "--pwfile", str(secret), *_INITDB)
    try:
        code = process.wait()
    finally:
        end(process)
    if code != 0:
        raise EmbeddedProblem(f"PostgreSQL could not make its files. Its last words: {last_words(launcher.folder)}")


def forget_dead_server(folder: DataFolder) -> None:
    """Remove a dead server's traces; the server's lock, held by now, proves that none of ours is alive.

    By now its process id may be another process's, and PostgreSQL would take that one for a running server.
    """
    folder.state.unlink(missing_ok=True)
    pid = locks.server_pid(folder.path)
    if pid is None or not Path("/proc/self/cwd").exists():
        return
    try:
        is_alive = Path(f"/proc/{pid}/cwd").readlink() == folder.path.resolve()
    except PermissionError:
        return  # another account's process: PostgreSQL itself sees that it is no server of this one
    except FileNotFoundError:
        is_alive = False
    if is_alive:
        raise EmbeddedProblem(
            f"A PostgreSQL (pid {pid}) that was started by hand runs on {folder.path}. "
            f"Stop it first, with `kill -INT {pid}`."
        )
    for name in ("postmaster.pid", f".s.PGSQL.{address.PORT}.lock"):
        (folder.path / name).unlink(missing_ok=True)
