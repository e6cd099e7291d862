"""What must be true before either plane starts: no role too strong, nothing to migrate, the right identity key."""

import os
from collections.abc import Sequence

import django
import psycopg

from wutong.core import env
from wutong.core.answers import Problem
from wutong.schema import ledger, roles, sealed


class StartProblem(Problem):
    """The platform must not start as things are."""


def set_up_django() -> None:
    """Make the people plane's rooms usable in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wutong.control.project.settings")
    django.setup(set_prefix=False)


def connect(setting: env.Setting) -> psycopg.Connection:
    """A connection by a setting's DSN; raises StartProblem with a sentence where there is none to be had."""
    try:
        return psycopg.connect(env.read(setting, env.dsn), autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as refused:
        reason = str(refused).strip().splitlines()[0]
        if "authentication failed" in reason or reason.endswith('" does not exist'):  # as before the first migration
            reason += ". Run `wutong migrate`: it makes the roles, with the passwords of the settings."
        raise StartProblem(f"The database does not answer for {setting.name}: {reason}") from refused


def refuse_unsafe() -> None:
    """Raise StartProblem if a role or a connection is too powerful, or the database is behind the software."""
    is_django_needed = env.read(env.PLANE, env.plane) != "record"
    # The keeper's connection is none of a server's.
    given = [each for each in roles.SETTINGS.values() if each.name in os.environ and each is not env.KEEPER_DSN]
    # Without its role a connection does not come about; that the role is missing says more.
    if troubles := database_troubles(with_django=is_django_needed) or login_troubles(given):
        raise StartProblem(" ".join(troubles))


def database_troubles(*, with_django: bool = True) -> list[str]:
    """Sentences about what is wrong with the database, each saying how to mend it.

    The record plane alone runs without Django, and asks nothing of its migrations.
    """
    with connect(env.CONTROL_DSN) as connection:
        if found := roles.login_troubles(connection, env.CONTROL_DSN.name, "wutong_control"):
            return found  # another role sees another database
        found = roles.troubles(connection)
        waiting = ledger.pending(connection)
        if not waiting:
            found += sealed.troubles(connection)
    if with_django:
        waiting = _pending_of_django() + waiting
    if waiting:
        found.append(f"The database is behind this software ({', '.join(waiting)}). Run `wutong migrate`.")
    return found


def login_troubles(settings: Sequence[env.Setting]) -> list[str]:
    """Sentences about connections that sign in as another role than theirs; raises StartProblem where there is none."""
    found = []
    for role, setting in roles.SETTINGS.items():
        if setting in settings:
            with connect(setting) as connection:
                found += roles.login_troubles(connection, setting.name, role)
    return found


def _pending_of_django() -> list[str]:
    set_up_django()
    from wutong.control.project import migrations

    return migrations.pending(env.read(env.CONTROL_DSN, env.dsn))
