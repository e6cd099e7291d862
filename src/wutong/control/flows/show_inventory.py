"""How many items a record holds, by data category. Page: docs/flows/show_inventory.md."""

from collections.abc import Mapping
from uuid import UUID

from wutong.control.charts.inventory import fetch_inventory
from wutong.control.flows.issue_token import issue_session_token


def show_inventory(session_id: UUID, person_id: UUID) -> Mapping[str, int] | None:
    """Asked of the record plane as the signed-in person, whom its gate lets or not; None where it does not say."""
    return fetch_inventory(issue_session_token(session_id), person_id)
