"""`wutong check` names a grant that must not be there; `wutong migrate` takes it away, as the sentence says."""

import psycopg
import pytest

from wutong.commands.migrate import migrate
from wutong.schema import grants


@pytest.mark.parametrize(
    "grant",
    [
        "select on record.resource to wutong_control",
        "update on control.consent_version to wutong_control",
        "update on control.group_consent_version to wutong_control",
        "insert on control.group_member to wutong_pdp",
        "update on control.closing_version to wutong_control",
        "update on control.joining_version to wutong_control",
        "delete on control.consent_form to wutong_control",
        "delete on control.access_key_try to wutong_control",
        "update on control.handshake_answer to wutong_control",
        "select on jobs.procrastinate_jobs to wutong_control",
        "delete on record.resource to wutong_plane",
        "update on control.emergency_grant to wutong_control",
        "insert on control.emergency_grant to wutong_pdp",
        "update on control.authorisation_request to wutong_control",
        "update on control.authorisation to wutong_control",
        "delete on control.authorisation_end to wutong_control",
        "insert on control.authorisation to wutong_pdp",
        "select on gate.authorisation_v1 to wutong_plane",
        "update on control.role_category to wutong_control",
        "delete on control.role_decision to wutong_control",
        "execute on function gate.open_emergency_look_v1(uuid, uuid, timestamptz) to wutong_plane",
        "execute on function audit.decide_v1(jsonb) to wutong_plane",
        "select on audit.entry to wutong_control",
        "update on gate.trail_v1 to wutong_control",
        "select on gate.trail_v1 to wutong_plane",
        "update on record.resource to wutong_keeper",
        "update (body) on record.superseded to wutong_keeper",
        "update (patient_id) on record.whereabouts to wutong_keeper",
        "delete on record.directory to wutong_keeper",
        "select on audit.entry to wutong_keeper",
        "execute on function audit.decide_v1(jsonb) to wutong_keeper",
    ],
)
def test_a_stray_grant_is_named_and_migrating_takes_it_away(superuser: psycopg.Connection, grant: str) -> None:
    superuser.execute(f"grant {grant}")
    found = grants.troubles(superuser)
    assert len(found) == 1
    assert "Run `wutong migrate`" in found[0]
    migrate()
    assert grants.troubles(superuser) == []


def test_migrating_again_leaves_every_role_what_it_needs(superuser: psycopg.Connection) -> None:
    query = "select count(*) from information_schema.role_table_grants where grantee like 'wutong\\_%%'"
    before = superuser.execute(query).fetchone()
    migrate()
    assert superuser.execute(query).fetchone() == before


def test_migrating_twice_leaves_what_the_people_plane_needs(superuser: psycopg.Connection) -> None:
    """The grants are taken away and set again, those of every file of them."""
    held = "select has_table_privilege('wutong_control', 'control.closing_version', 'select, insert')"
    migrate()
    assert superuser.execute(held).fetchone() == (True,)
