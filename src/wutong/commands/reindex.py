"""`wutong reindex`: what records are found by is worked out anew, as role `wutong_keeper`, beside a running server."""

import argparse
import time
from collections.abc import Callable
from uuid import UUID

import psycopg

from wutong.commands import ending, folder, start
from wutong.core import env, ids
from wutong.core.answers import Problem
from wutong.core.sealing import Sealer
from wutong.record.definitions import r4
from wutong.record.flows.reindex_records import Reindexed, reindex_records
from wutong.schema import roles

_SECONDS = 5.0  # between two sentences about how far it is


class KeeperProblem(Problem):
    """The keeper cannot begin."""


def run(asked: argparse.Namespace) -> int:
    """Reindex all or one type; 1 if there were versions that cannot be read."""
    folder.attach(asked.data)
    ending.heed_signals()
    if asked.type and not r4().is_resource(asked.type):
        raise KeeperProblem(f"{asked.type} is no resource type of FHIR R4. Write it as FHIR does, such as Observation.")
    now_and_then = every(_SECONDS)

    def tell(done: Reindexed, place: str) -> None:
        if now_and_then():
            ending.announce(f"{_told(done)}; to go on from here: --after {place}")

    with connection() as keeper:
        done = reindex_records(
            keeper,
            sealer(),
            only=asked.type,
            after=asked.after,
            say=lambda text: ending.announce(f"  - {text}"),
            tell=tell,
        )
    ending.announce(_told(done))
    return 1 if done.unreadable else 0


def connection() -> psycopg.Connection:
    """The keeper's, where the database is as it should be; raises Problem."""
    if not env.read(env.KEEPER_DSN, env.text):
        sentence = f"{env.KEEPER_DSN.name} is not set. {env.KEEPER_DSN.purpose} See docs/guides/operate.md."
        raise KeeperProblem(sentence)
    start.refuse_unsafe()  # with another identity key, every number would be hashed to another token
    connected = start.connect(env.KEEPER_DSN)
    if troubles := roles.login_troubles(connected, env.KEEPER_DSN.name, "wutong_keeper"):
        connected.close()
        raise KeeperProblem(" ".join(troubles))
    return connected


def sealer() -> Sealer:
    """The key that identity numbers are sealed with."""
    return Sealer(env.read(env.IDENTITY_KEY, env.key_32_bytes))


def every(seconds: float) -> Callable[[], bool]:
    """Whether it is time to say something again."""
    last = time.monotonic()

    def is_time() -> bool:
        nonlocal last
        if time.monotonic() - last < seconds:
            return False
        last = time.monotonic()
        return True

    return is_time


def place(text: str) -> tuple[str, UUID]:
    """Where to go on: `patients/<id>` or `directories/<id>`, as the progress says it."""
    name, _, written = text.partition("/")
    unit = ids.read(written)
    if name not in {"patients", "directories"} or unit is None:
        raise argparse.ArgumentTypeError("patients/<id> or directories/<id>, as the progress said it")
    return name, unit


def _told(done: Reindexed) -> str:
    told = (
        f"{done.read:,} versions read; {done.rows:,} are found by something else now, {done.categories:,} of them in "
        f"another category; {done.keys:,} keys and {done.references:,} references mended"
    )
    return f"{told}; {done.unreadable:,} cannot be read" if done.unreadable else told
