"""`wutong migrate`: roles, Django's migrations, the SQL files, the gate."""

import argparse

from wutong.commands import ending, start
from wutong.core import env
from wutong.schema import ledger


def run(_: argparse.Namespace) -> None:
    """Bring the database up to date."""
    migrate()
    print("The database is up to date.")


def migrate() -> None:
    """The same, for other commands; prints each step it takes."""
    start.set_up_django()
    from wutong.control.flows.load_role_matrix import load_role_matrix
    from wutong.control.project import migrations

    owner = env.read(env.OWNER_DSN, env.dsn)
    with start.connect(env.OWNER_DSN) as connection:
        ledger.lock(connection, say=ending.announce)
        ledger.migrate(connection, lambda: migrations.run(owner), say=ending.announce)
        load_role_matrix()
