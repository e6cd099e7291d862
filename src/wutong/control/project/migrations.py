"""Runs Django's migrations as the owner, on a connection of its own: the plane's role may not alter tables."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from wutong.control.project.settings import database

_ALIAS = "migrations"


def run(owner_dsn: str) -> bool:
    """Apply what is pending to schema `control`; says whether anything was. Needs `django.setup()` before."""
    with _connected(owner_dsn, search_path="control"):
        if not _pending():
            return False
        call_command("migrate", database=_ALIAS, verbosity=0, interactive=False)
        return True


def pending(dsn: str) -> list[str]:
    """Names of Django migrations that the database does not have yet; the plane's role brings its own search path.

    Needs `django.setup()` before.
    """
    with _connected(dsn):
        return _pending()


def _pending() -> list[str]:
    executor = MigrationExecutor(connections[_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


@contextmanager
def _connected(dsn: str, *, search_path: str = "") -> Iterator[None]:
    """Django's connection `_ALIAS`, outside the pool, inside the block."""
    settings = database(dsn, search_path=search_path, is_pooled=False)
    connections.databases[_ALIAS] = connections.configure_settings({"default": settings})["default"]
    try:
        yield
    finally:
        connections[_ALIAS].close()
        del connections[_ALIAS]
        del connections.databases[_ALIAS]
