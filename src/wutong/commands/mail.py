"""The demo's mail sink: a real SMTP server on this machine that keeps every message as a file."""

import time
from pathlib import Path
from typing import Any

from wutong.core import ids


class Keeper:
    """aiosmtpd's handler: one file a message, written whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the message before saying so."""
        name = f"{time.time_ns():020d}-{ids.new()}"
        fresh = self._folder / f"{name}.new"
        fresh.write_bytes(envelope.content)
        fresh.rename(self._folder / f"{name}.eml")
        return "250 kept"


def start_sink(folder: Path) -> tuple[Any, int]:
    """Start the sink on a free port of 127.0.0.1; its controller (has `stop()`) and the port."""
    from aiosmtpd.controller import Controller

    folder.mkdir(parents=True, exist_ok=True)
    controller = Controller(Keeper(folder), hostname="127.0.0.1", port=_free_port())
    controller.start()
    return controller, int(controller.port)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
