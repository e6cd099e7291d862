"""Compares what the roles may do with what they must not be able to do."""

import psycopg

# (role, privilege, object): what would open a gate.
_NEVER = (
    ("wutong_control", "select", "record.resource"),
    ("wutong_control", "update", "control.consent_version"),
    ("wutong_control", "delete", "control.consent_version"),
    ("wutong_control", "update", "control.emergency_grant"),
    ("wutong_control", "delete", "control.emergency_grant"),
    ("wutong_control", "update", "control.emergency_review"),
    ("wutong_control", "delete", "control.emergency_review"),
    ("wutong_control", "select", "audit.entry"),
    ("wutong_control", "select", "audit.event"),
    ("wutong_control", "insert", "audit.entry"),
    ("wutong_control", "update", "audit.entry"),
    ("wutong_control", "insert", "gate.trail_v1"),
    ("wutong_control", "update", "gate.trail_v1"),
    ("wutong_control", "delete", "gate.trail_v1"),
    ("wutong_pdp", "select", "gate.trail_v1"),
    ("wutong_plane", "select", "gate.trail_v1"),
    ("wutong_jobs", "select", "gate.trail_v1"),
    ("wutong_control", "select", "jobs.procrastinate_jobs"),
    ("wutong_pdp", "select", "record.resource"),
    ("wutong_pdp", "insert", "control.consent_version"),
    ("wutong_pdp", "insert", "control.emergency_grant"),
    ("wutong_plane", "insert", "audit.entry"),
    ("wutong_plane", "select", "audit.entry"),
    ("wutong_plane", "delete", "record.resource"),
    ("wutong_plane", "delete", "record.superseded"),
    ("wutong_plane", "update", "record.superseded"),
    ("wutong_plane", "delete", "record.directory"),
    ("wutong_plane", "select", "record.whereabouts"),
    ("wutong_plane", "select", "record.directory_reference"),
    ("wutong_plane", "update", "record.directory_reference"),
    ("wutong_finder", "select", "record.resource"),
    ("wutong_jobs", "select", "control.person"),
)
_NEVER_CALL = (
    ("wutong_plane", "audit.decide_v1"),
    ("wutong_control", "audit.decide_v1"),
    ("wutong_jobs", "audit.decide_v1"),
    ("wutong_pdp", "gate.register_v1"),
    ("wutong_control", "gate.count_v1"),
    ("wutong_pdp", "gate.count_v1"),
    ("wutong_jobs", "gate.count_v1"),
    ("wutong_control", "gate.open_emergency_look_v1"),
    ("wutong_plane", "gate.open_emergency_look_v1"),
    ("wutong_pdp", "gate.delete_v1"),
    ("wutong_control", "gate.delete_v1"),
)
_MAY_TOUCH = """
select has_table_privilege(%s, c.oid, %s) from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname || '.' || c.relname = %s
"""
_MAY_CALL = """
select has_function_privilege(%s, p.oid, 'execute') from pg_proc p join pg_namespace n on n.oid = p.pronamespace
 where n.nspname || '.' || p.proname = %s
"""
_FORCED = """
select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = 'record' and c.relkind = 'r' and not (c.relrowsecurity and c.relforcerowsecurity)
"""


def troubles(connection: psycopg.Connection) -> list[str]:
    """Sentences about grants that must not be there, and tables that row security does not bind."""
    found = []
    for role, privilege, table in _NEVER:
        row = connection.execute(_MAY_TOUCH, [role, privilege, table]).fetchone()
        if row and row[0]:
            found.append(f"{role} may {privilege} {table}; it must not. Run `wutong migrate` to set the grants again.")
    for role, function in _NEVER_CALL:
        row = connection.execute(_MAY_CALL, [role, function]).fetchone()
        if row and row[0]:
            found.append(f"{role} may call {function}; it must not. Run `wutong migrate` to set the grants again.")
    for (table,) in connection.execute(_FORCED).fetchall():
        found.append(f"Row security does not bind record.{table}. Run `wutong migrate` on an unchanged database.")
    return found
