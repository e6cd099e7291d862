"""Runs Django's migrations as the owner, on a connection of its own: the plane's role may not alter tables."""

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from wutong.control.project.settings import database

_ALIAS = "owner"


def run(owner_dsn: str) -> bool:
    """Apply what is pending to schema `control`; says whether anything was. Needs `django.setup()` before."""
    settings = database(owner_dsn, search_path="control", is_pooled=False)
    connections.databases[_ALIAS] = connections.configure_settings({"default": settings})["default"]
    try:
        if not pending(_ALIAS):
            return False
        call_command("migrate", database=_ALIAS, verbosity=0, interactive=False)
        return True
    finally:
        connections[_ALIAS].close()
        del connections[_ALIAS]
        del connections.databases[_ALIAS]


def pending(alias: str = "default") -> list[str]:
    """Names of Django migrations that the database behind `alias` does not have yet."""
    executor = MigrationExecutor(connections[alias])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
