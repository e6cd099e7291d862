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
        "select on jobs.procrastinate_jobs to wutong_control",
        "delete on record.resource to wutong_plane",
        "update on control.emergency_grant to wutong_control",
        "insert on control.emergency_grant to wutong_pdp",
        "execute on function gate.open_emergency_look_v1(uuid, uuid, timestamptz) to wutong_plane",
        "execute on function audit.decide_v1(jsonb) to wutong_plane",
        "select on audit.entry to wutong_control",
        "update on gate.trail_v1 to wutong_control",
        "select on gate.trail_v1 to wutong_plane",
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
