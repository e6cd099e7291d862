"""Where the embedded database lives: the data directory, the files beside it, and a place when nobody names one."""

import hashlib
import os
import stat
import sys
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import IO

from wutong.embedded import account
from wutong.embedded.account import RunAs
from wutong.embedded.problems import EmbeddedProblem


@dataclass(frozen=True)
class DataFolder:
    """PostgreSQL's data directory, and our own files beside it (inside, a base backup would carry them along)."""

    path: Path

    @property
    def owner_lock(self) -> Path:
        """Locked by the process that started the server; names its pid."""
        return self._beside(".lock")

    @property
    def server_lock(self) -> Path:
        """Locked by the server's own processes, to the last one."""
        return self._beside(".server-lock")

    @property
    def superuser(self) -> Path:
        """The superuser's password."""
        return self._beside(".superuser")

    @property
    def log(self) -> Path:
        """What the server says; may quote statements, so nobody else may read it."""
        return self._beside(".log")

    @property
    def state(self) -> Path:
        """Where a running server listens, for other processes."""
        return self._beside(".state")

    @property
    def scratch(self) -> Path:
        """Where initdb works."""
        return self._beside(".new")

    def major(self) -> int | None:
        """The major version that made the data; None where there are none yet."""
        version = self.path / "PG_VERSION"
        return int(version.read_text()) if version.exists() else None

    def _beside(self, ending: str) -> Path:
        return self.path.with_name(self.path.name + ending)


def open_private(file: Path, flags: int) -> IO[bytes]:
    """Open a file beside the data, mode 0600, never through somebody's symbolic link."""
    handle = os.open(file, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    return os.fdopen(handle, "ab" if flags & os.O_APPEND else "r+b")


def write_private(file: Path, text: str) -> None:
    """Replace a file that nobody else may read, whole or not at all, also across a power cut."""
    fresh = file.with_name(file.name + ".new")
    with open_private(fresh, os.O_RDWR | os.O_TRUNC) as stream:
        stream.write(text.encode())
        stream.flush()
        os.fsync(stream.fileno())
    fresh.rename(file)
    keep_names(file.parent)


def keep_names(folder: Path) -> None:
    """Make renames in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_parent(parent: Path, run_as: RunAs) -> None:
    """Make the folder around the data; raises EmbeddedProblem if it is not ours alone or the account cannot enter it.

    Only folders made here get a mode; one that exists keeps its own.
    """
    missing = list(takewhile(lambda folder: not folder.exists(), (parent, *parent.parents)))
    for folder in reversed(missing):
        folder.mkdir()
        folder.chmod(0o700 if run_as.uid is None else 0o711)  # whatever the umask
    _refuse_foreign(parent)
    if not run_as.may("-x", [parent]):
        raise EmbeddedProblem(
            f"PostgreSQL must not run as root, and the account it runs as ({run_as.name}) cannot reach {parent}. Name "
            f"a folder that everybody may enter, such as --data /var/lib/wutong/demo, or start as an ordinary user."
        )


def _refuse_foreign(parent: Path) -> None:
    """Whoever may write here could put a program or a link in our way."""
    facts = parent.stat()
    if facts.st_uid not in {0, os.geteuid()} or facts.st_mode & stat.S_IWOTH:
        raise EmbeddedProblem(
            f"The folder {parent} belongs to another account or can be written by everybody, so the database would "
            f"not be safe in it. Name one of your own with --data, such as {parent / 'wutong'}, or start as its owner."
        )


def default_data_dir() -> Path:
    """A folder of this installation's own: inside its virtual environment, else the user's data folder.

    For root it must be reachable for the account that PostgreSQL runs as, else it is below /var/lib/wutong.
    """
    inside = Path(sys.prefix) / "var" / "wutong-demo"
    is_own = sys.prefix != sys.base_prefix and os.access(sys.prefix, os.W_OK)
    if os.geteuid() == 0:
        nearest = next(folder for folder in inside.parents if folder.exists())
        stamp = hashlib.sha256(sys.prefix.encode()).hexdigest()[:12]
        is_reachable = is_own and account.choose().may("-x", [nearest])
        return inside if is_reachable else Path("/var/lib/wutong") / stamp
    if is_own:
        return inside
    named = Path(os.environ.get("XDG_DATA_HOME", ""))
    home = named if named.is_absolute() else Path.home() / ".local" / "share"
    return home / "wutong" / "demo"
