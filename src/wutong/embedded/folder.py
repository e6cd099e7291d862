"""Where the embedded database lives when nobody says where."""

import hashlib
import os
import sys
from pathlib import Path

from wutong.embedded.account import choose


def default_data_dir() -> Path:
    """A folder of this installation's own: inside its virtual environment, else the user's data folder.

    For root it must be reachable for the account that PostgreSQL runs as, else it is below /var/lib/wutong.
    """
    environment = Path(sys.prefix)
    inside = environment / "var" / "wutong-demo"
    is_own = sys.prefix != sys.base_prefix and os.access(environment, os.W_OK)
    if os.geteuid() == 0:
        reachable = is_own and choose().can_reach(environment, os.X_OK)
        stamp = hashlib.sha256(sys.prefix.encode()).hexdigest()[:12]
        return inside if reachable else Path("/var/lib/wutong") / stamp
    if is_own:
        return inside
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "wutong" / "demo"
