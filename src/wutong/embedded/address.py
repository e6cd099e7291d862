"""Where a running server listens: for its owner, and for other processes, who read it and start nothing."""

import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from wutong.embedded.account import RunAs
from wutong.embedded.folder import DataFolder, write_private
from wutong.embedded.problems import EmbeddedProblem

SUPERUSER = "wutong_admin"
PORT = 5432  # only the socket's name: nothing listens on a network; given always, since PGPORT would change both sides
_LONGEST_SOCKET_PATH = 100  # sockaddr_un takes 107 bytes on Linux, 103 elsewhere
_PLAIN = re.compile(r"[\w/.+@-]+")  # what needs no quoting in a connection string, nor in PostgreSQL's list of folders


@dataclass(frozen=True)
class Address:
    """The folder of the server's socket, and the superuser's password."""

    socket_dir: Path
    password: str = field(repr=False)

    def dsn(self, *, user: str = SUPERUSER, password: str | None = None, dbname: str = "postgres") -> str:
        """A connection string (the superuser's, unless another is named)."""
        secret = self.password if password is None else password
        return make_conninfo(host=str(self.socket_dir), port=PORT, dbname=dbname, user=user, password=secret)


def attach(data_dir: Path) -> Address:
    """The address of the server that another process runs on `data_dir`; EmbeddedProblem if none answers there."""
    folder = DataFolder(data_dir.absolute())
    try:
        address = _read(folder)
        psycopg.connect(address.dsn(), connect_timeout=5).close()
    except (OSError, ValueError, psycopg.OperationalError) as refused:
        raise EmbeddedProblem(
            f"No embedded PostgreSQL that you may use answers for {folder.path}. Start it with `wutong demo`, as the "
            f"same user."
        ) from refused
    return address


def publish(folder: DataFolder, address: Address) -> None:
    """Tell other processes of this account; `withdraw` takes it back."""
    write_private(folder.state, json.dumps({"socket_dir": str(address.socket_dir)}))


def withdraw(folder: DataFolder, address: Address) -> None:
    """Forget the published address, and remove the socket's folder if it was a private one."""
    folder.state.unlink(missing_ok=True)
    if address.socket_dir != folder.path:
        shutil.rmtree(address.socket_dir, ignore_errors=True)


def make_socket_dir(data_dir: Path, run_as: RunAs) -> Path:
    """The data directory, or a private folder where its path is too long for a socket or would need quoting."""
    if _fits(data_dir):
        return data_dir
    for place in dict.fromkeys([Path(tempfile.gettempdir()), Path("/tmp")]):  # noqa: S108 - mkdtemp makes it private
        if _fits(place / "wutong-12345678") and run_as.may("-x", [place]):
            private = Path(tempfile.mkdtemp(prefix="wutong-", dir=place))
            run_as.own(private)
            return private
    raise EmbeddedProblem(
        f"The path {data_dir} cannot hold a socket: it is longer than {_LONGEST_SOCKET_PATH} bytes or has unusual "
        f"characters, and so has the folder for temporary files. Name another with --data."
    )


def _fits(folder: Path) -> bool:
    name = str(folder / f".s.PGSQL.{PORT}")
    return len(os.fsencode(name)) <= _LONGEST_SOCKET_PATH and _PLAIN.fullmatch(name) is not None


def _read(folder: DataFolder) -> Address:
    state = json.loads(folder.state.read_text())
    return Address(Path(state["socket_dir"]), folder.superuser.read_text())
