"""An embedded PostgreSQL: found binaries, our own launcher, one owner at a time (docs/decisions/0001)."""

from wutong.embedded.address import PORT, Address, attach
from wutong.embedded.folder import default_data_dir
from wutong.embedded.problems import AlreadyRunning, EmbeddedProblem
from wutong.embedded.server import Running, start

__all__ = ["PORT", "Address", "AlreadyRunning", "EmbeddedProblem", "Running", "attach", "default_data_dir", "start"]
