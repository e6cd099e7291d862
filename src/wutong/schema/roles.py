"""The login roles and schemas: made by the owner, named by the settings, never more powerful than they must be."""

from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from wutong.core import env
from wutong.core.answers import Problem

SCHEMAS = ("control", "record", "gate", "audit", "jobs")
LOGIN_ROLES = ("wutong_control", "wutong_pdp", "wutong_finder", "wutong_plane", "wutong_jobs", "wutong_keeper")
SETTINGS = {
    "wutong_control": env.CONTROL_DSN,
    "wutong_pdp": env.PDP_DSN,
    "wutong_finder": env.FINDER_DSN,
    "wutong_plane": env.PLANE_DSN,
    "wutong_jobs": env.JOBS_DSN,
    "wutong_keeper": env.KEEPER_DSN,
}
DEFAULTS = {
    "wutong_control": ("search_path", "control"),
    "wutong_jobs": ("search_path", "jobs"),
    # It asks the same few statements, whose parts are found by key: to plan them anew takes longer than to run them.
    "wutong_pdp": ("plan_cache_mode", "force_generic_plan"),
}


class RoleProblem(Problem):
    """A database role is missing or more powerful than it may be."""


@dataclass(frozen=True)
class Login:
    """A role and the password its setting gives it (None: the server needs none, such as with peer).

    `may_sign_in` False: no setting names it. The role is there all the same, since policies speak of it.
    """

    role: str
    password: str | None
    may_sign_in: bool = True


def logins() -> list[Login]:
    """The login roles as the settings name them; raises RoleProblem where a setting names another user."""
    found = []
    for role, setting in SETTINGS.items():
        if setting is env.KEEPER_DSN and not env.read(setting, env.text):
            found.append(Login(role, None, may_sign_in=False))
            continue
        parts = conninfo_to_dict(env.read(setting, env.dsn))
        if parts.get("user") != role:
            raise RoleProblem(f"{setting.name} must sign in as {role}, not as {parts.get('user')}.")
        password = parts.get("password")
        found.append(Login(role, str(password) if password else None))
    return found


def make(connection: psycopg.Connection, wanted: list[Login]) -> None:
    """Make schemas and roles that are missing, and set passwords. Idempotent; needs the owner (CREATEROLE)."""
    for login in wanted:
        _make_role(connection, login)
    for schema in SCHEMAS:
        connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(schema)))
    database = sql.Identifier(connection.info.dbname)
    for role, (setting, value) in DEFAULTS.items():
        connection.execute(
            sql.SQL("alter role {} in database {} set {} = {}").format(
                sql.Identifier(role), database, sql.Identifier(setting), sql.Identifier(value)
            )
        )


def _make_role(connection: psycopg.Connection, login: Login) -> None:
    role = sql.Identifier(login.role)
    exists = connection.execute("select rolcanlogin from pg_roles where rolname = %s", [login.role]).fetchone()
    if not exists:
        connection.execute(sql.SQL("create role {} nologin").format(role))
    if login.may_sign_in and exists != (True,):
        connection.execute(sql.SQL("alter role {} login").format(role))
    if login.password:
        connection.execute(sql.SQL("alter role {} password {}").format(role, sql.Literal(login.password)))


_POWERS = """
select r.rolname,
       r.rolsuper, r.rolbypassrls, r.rolcreaterole,
       exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = any (%(schemas)s) and pg_has_role(r.oid, c.relowner, 'member')) as owns
  from pg_roles r where """
_POWERS_OF_ROLES = _POWERS + "r.rolname = any (%(roles)s)"
_POWERS_OF_SESSION = _POWERS + "r.rolname in (session_user, current_user)"

# What decides whether an acknowledged ticket is on the disk, whether policies hold, and whose tables are meant.
_TELLING = ("synchronous_commit", "row_security", "search_path")
_SETTINGS_OF_ROLES = """
select r.rolname, split_part(c, '=', 1), substr(c, strpos(c, '=') + 1)
  from pg_db_role_setting s join pg_roles r on r.oid = s.setrole, unnest(s.setconfig) c
 where r.rolname = any (%s) and split_part(c, '=', 1) = any (%s)
   and s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
"""


def troubles(connection: psycopg.Connection) -> list[str]:
    """Sentences about roles that are missing, too powerful, or that start their sessions with unsafe settings."""
    rows = connection.execute(_POWERS_OF_ROLES, {"schemas": list(SCHEMAS), "roles": list(LOGIN_ROLES)}).fetchall()
    found = {row[0] for row in rows}
    missing = [f"The role {role} is missing. Run `wutong migrate`." for role in LOGIN_ROLES if role not in found]
    powerful = [sentence for row in rows for sentence in _too_powerful(*row)]
    return missing + powerful + _own_settings(connection)


def login_troubles(connection: psycopg.Connection, setting: str, role: str) -> list[str]:
    """Sentences about a connection by `setting` that did not sign in as `role`, or whose role is too powerful.

    The server is asked, not the DSN: without a user it means the account's own, and a pooler may put in another.
    """
    rows = connection.execute(_POWERS_OF_SESSION, {"schemas": list(SCHEMAS)}).fetchall()
    others = [(name, ", ".join(_powers(*has))) for name, *has in rows if name != role]
    powerful = [sentence for row in rows if row[0] == role for sentence in _too_powerful(*row)]
    return powerful + [
        f"{setting} signs in as {name}{f' ({powers})' if powers else ''}, not as {role}; grants and tickets do not "
        f"hold so. Name {role} and its password in {setting}; `wutong migrate` makes the role."
        for name, powers in others
    ]


def _own_settings(connection: psycopg.Connection) -> list[str]:
    """PostgreSQL lets each role change what its later sessions start with, so whoever held one once could."""
    rows = connection.execute(_SETTINGS_OF_ROLES, [list(LOGIN_ROLES), list(_TELLING)]).fetchall()
    return [
        f"The role {role} starts its sessions with {name} = {value}; tickets and grants do not hold so. "
        f"Find out who set it, then: alter role {role} [in database …] reset {name}."
        for role, name, value in rows
        if (name, value) != DEFAULTS.get(role)
    ]


def _too_powerful(role: str, is_super: bool, bypasses: bool, creates: bool, owns: bool) -> list[str]:
    return [
        f"The role {role} is {power}; it must not be, since grants and tickets would not bind it. "
        f"Take that power away from it, or let `wutong migrate` make a fresh role."
        for power in _powers(is_super, bypasses, creates, owns)
    ]


def _powers(is_super: bool, bypasses: bool, creates: bool, owns: bool) -> list[str]:
    named = {"a superuser": is_super, "BYPASSRLS": bypasses, "CREATEROLE": creates, "an owner of the tables": owns}
    return [power for power, has in named.items() if has]
