"""A person, or who decides for them, reads their own record in the portal. Page: docs/flows/read_own_record.md."""

from uuid import UUID

from wutong.control.charts import own
from wutong.control.charts.client import Closed, Unreachable
from wutong.control.charts.own import Entries, Entry
from wutong.control.flows.issue_token import issue_session_token
from wutong.core.answers import Missing


def read_own_part(session_id: UUID, person_id: UUID, code: str) -> Entries:
    """Everything of one section, each entry by itself; the record plane decides, and enters it in the trail."""
    return own.fetch_entries(issue_session_token(session_id), person_id, code)


def read_own_entry(
    session_id: UUID, person_id: UUID, resource_type: str, resource_id: UUID
) -> Entry | Missing | Unreachable:
    """One entry, as somebody is about to close it; Missing: this person's record has none, or it may not be read."""
    found = own.fetch_entry(issue_session_token(session_id), person_id, resource_type, resource_id)
    return Missing("entry") if found is None or isinstance(found, Closed) else found
