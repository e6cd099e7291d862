"""The keeper's connection: one, of a command, never of a server."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, OperationalError
from psycopg.types.json import Jsonb

from wutong.core import clock, ids
from wutong.core.events import Event
from wutong.core.sealing import Sealer


@dataclass(frozen=True)
class Keeper:
    """A connection of role `wutong_keeper`, in autocommit, and the key that identity numbers are sealed with."""

    connection: Connection[Any]
    sealer: Sealer

    def __post_init__(self) -> None:
        self.connection.execute("set timezone = 'UTC'")  # a date of the year 1 or 9999 has no other zone


@contextmanager
def moment(keeper: Keeper) -> Iterator[None]:
    """What is read inside is of one moment, whatever is written meanwhile."""
    with keeper.connection.transaction():
        keeper.connection.execute("set transaction isolation level repeatable read")
        yield


@contextmanager
def noted(
    keeper: Keeper, event: Event, asked: Mapping[str, Any], counts: Callable[[], Mapping[str, int]]
) -> Iterator[None]:
    """Two entries of the trail: that it begins, and what came of it, also where it was broken off."""
    _note(keeper, event, {"stage": "begun", **asked})
    stage = "broken off"
    try:
        yield
        stage = "done"
    finally:
        with suppress(OperationalError):  # it may be the connection that broke
            _note(keeper, event, {"stage": stage, **asked, **counts()})


def _note(keeper: Keeper, event: Event, detail: Mapping[str, Any]) -> None:
    """An entry of the trail, of nobody in particular, by the host."""
    entry = {
        "at": clock.now().isoformat(),
        "entry_id": str(ids.new()),
        "event": event,
        "outcome": "allowed",
        "caller_kind": "host",
        "detail": detail,
    }
    keeper.connection.execute("select audit.append_v1(%s)", [Jsonb(entry)])
