"""`python -m searching.twins.fill FILE [TWIN]`: fills the database that the settings name, with a server of this process.

Without TWIN with what both worlds have, and writes to FILE, as JSON, who is who; else with what the world of that number
has, and writes to FILE.TWIN the ids of its rows.
"""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import django
from conftest import free_port, hash_lightly

from wutong.commands.serve import make_server


@contextmanager
def _server() -> Iterator[str]:
    port = free_port()
    running = make_server("127.0.0.1", port)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        thread.join(0.01)
        assert thread.is_alive()
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(10)


def fill(file: Path, twin: str = "") -> None:
    """Fill it."""
    from cast import Cast

    from searching.twins.filling import Again, World, both, rest

    with _server() as address:
        if not twin:
            file.write_text(json.dumps(asdict(both(Cast(address)))))
            return
        world = replace(World.of(json.loads(file.read_text())), ids={})
        rest(Again(address), world, int(twin))
        file.with_suffix(f".{twin}").write_text(json.dumps(world.ids))


if __name__ == "__main__":
    django.setup(set_prefix=False)
    hash_lightly()
    fill(Path(sys.argv[1]), *sys.argv[2:])
