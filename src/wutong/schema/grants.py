"""Compares what the roles may do with what they must not be able to do."""

import psycopg

# (role, privilege, object): what would open a gate.
_NEVER = (
    ("wutong_control", "select", "record.resource"),
    ("wutong_control", "update", "control.consent_version"),
    ("wutong_control", "delete", "control.consent_version"),
    ("wutong_control", "update", "control.consent_form"),
    ("wutong_control", "delete", "control.consent_form"),
    ("wutong_control", "update", "control.handshake"),
    ("wutong_control", "update", "control.handshake_answer"),
    ("wutong_control", "delete", "control.handshake_answer"),
    ("wutong_control", "update", "control.access_key"),
    ("wutong_control", "delete", "control.access_key"),
    ("wutong_control", "update", "control.access_key_try"),
    ("wutong_control", "delete", "control.access_key_try"),
    ("wutong_pdp", "select", "control.access_key"),
    ("wutong_control", "update", "control.group_consent_version"),
    ("wutong_control", "delete", "control.group_consent_version"),
    ("wutong_control", "delete", "control.group_member"),
    ("wutong_control", "update", "control.closing_version"),
    ("wutong_control", "delete", "control.closing_version"),
    ("wutong_control", "update", "control.joining_version"),
    ("wutong_control", "delete", "control.joining_version"),
    ("wutong_control", "update", "control.emergency_grant"),
    ("wutong_control", "delete", "control.emergency_grant"),
    ("wutong_control", "update", "control.emergency_review"),
    ("wutong_control", "delete", "control.emergency_review"),
    ("wutong_control", "update", "control.authorisation_request"),
    ("wutong_control", "delete", "control.authorisation_request"),
    ("wutong_control", "update", "control.authorisation"),
    ("wutong_control", "delete", "control.authorisation"),
    ("wutong_control", "update", "control.authorisation_end"),
    ("wutong_control", "delete", "control.authorisation_end"),
    ("wutong_control", "update", "control.role_category"),
    ("wutong_control", "delete", "control.role_category"),
    ("wutong_control", "update", "control.role_change"),
    ("wutong_control", "delete", "control.role_change"),
    ("wutong_control", "update", "control.role_change_cell"),
    ("wutong_control", "delete", "control.role_change_cell"),
    ("wutong_control", "update", "control.role_decision"),
    ("wutong_control", "delete", "control.role_decision"),
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
    ("wutong_pdp", "insert", "control.group_consent_version"),
    ("wutong_pdp", "insert", "control.group_member"),
    ("wutong_pdp", "insert", "control.closing_version"),
    ("wutong_pdp", "insert", "control.joining_version"),
    ("wutong_pdp", "insert", "control.emergency_grant"),
    ("wutong_pdp", "insert", "control.authorisation"),
    ("wutong_plane", "select", "gate.authorisation_v1"),
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
    ("wutong_keeper", "update", "record.resource"),
    ("wutong_keeper", "insert", "record.resource"),
    ("wutong_keeper", "delete", "record.resource"),
    ("wutong_keeper", "update", "record.superseded"),
    ("wutong_keeper", "insert", "record.superseded"),
    ("wutong_keeper", "delete", "record.superseded"),
    ("wutong_keeper", "update", "record.directory"),
    ("wutong_keeper", "delete", "record.directory"),
    ("wutong_keeper", "update", "record.directory_superseded"),
    ("wutong_keeper", "update", "record.whereabouts"),
    ("wutong_keeper", "insert", "record.whereabouts"),
    ("wutong_keeper", "update", "record.identity_value"),
    ("wutong_keeper", "select", "audit.entry"),
    ("wutong_keeper", "insert", "audit.entry"),
    ("wutong_keeper", "select", "control.person"),
)
_NEVER_CALL = (
    ("wutong_plane", "audit.decide_v1"),
    ("wutong_control", "audit.decide_v1"),
    ("wutong_jobs", "audit.decide_v1"),
    ("wutong_keeper", "audit.decide_v1"),
    ("wutong_keeper", "gate.register_v1"),
    ("wutong_pdp", "gate.register_v1"),
    ("wutong_control", "gate.count_v1"),
    ("wutong_pdp", "gate.count_v1"),
    ("wutong_jobs", "gate.count_v1"),
    ("wutong_control", "record.named_v1"),
    ("wutong_pdp", "record.named_v1"),
    ("wutong_jobs", "record.named_v1"),
    ("wutong_control", "record.placed_v1"),
    ("wutong_pdp", "record.placed_v1"),
    ("wutong_jobs", "record.placed_v1"),
    ("wutong_control", "gate.open_emergency_look_v1"),
    ("wutong_plane", "gate.open_emergency_look_v1"),
    ("wutong_pdp", "gate.delete_v1"),
    ("wutong_control", "gate.delete_v1"),
    ("wutong_plane", "gate.consent_to_v1"),
    ("wutong_keeper", "gate.delete_v1"),
)
# What the keeper may write of a record's rows: what they are found by.
_KEPT = (
    "category", "clinical_at", "tokens", "strings", "date_names", "date_begins", "date_ends", "amount_names",
    "amount_lows", "amount_highs", "amount_units",
)  # fmt: skip
_KEEPER_WRITES = """
select 'record.' || c.relname || '.' || a.attname
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
 where n.nspname = 'record' and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
   and has_column_privilege('wutong_keeper', c.oid, a.attnum, 'update')
   and not has_table_privilege('wutong_keeper', c.oid, 'update')
   and (c.relname not in ('resource', 'superseded', 'directory', 'directory_superseded') or a.attname <> all (%s))
"""
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
    for (column,) in connection.execute(_KEEPER_WRITES, [list(_KEPT)]).fetchall():
        found.append(f"wutong_keeper may write {column}; it must not. Run `wutong migrate` to set the grants again.")
    for (table,) in connection.execute(_FORCED).fetchall():
        found.append(f"Row security does not bind record.{table}. Run `wutong migrate` on an unchanged database.")
    return found
