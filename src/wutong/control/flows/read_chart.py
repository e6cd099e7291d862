"""A clinician opens a record and reads its summary, each click under a fresh token. docs/flows/read_chart.md."""

from dataclasses import dataclass
from uuid import UUID

from wutong.control.charts import client
from wutong.control.charts.chart import PLANS, Section, fetch_section
from wutong.control.charts.client import Answer, Closed, Unreachable
from wutong.control.flows.issue_token import issue_session_token


@dataclass(frozen=True)
class Access:
    """What would open: whether a look is open now, or why nothing opens."""

    is_open: bool
    reason: str = ""
    closes_at: str = ""
    is_failed: bool = False


@dataclass(frozen=True)
class Chart:
    """The summary."""

    access: Access
    sections: dict[str, Section]


def access_to(session_id: UUID, person_id: UUID) -> Access:
    """Ask what opens, without opening it."""
    return _access(client.ask(issue_session_token(session_id), f"Patient/{person_id}/$access"))


def open_look(session_id: UUID, person_id: UUID, *, ground: str, reason: str) -> Access:
    """State the purpose (treatment) and the ground of care, and open the record."""
    token = issue_session_token(session_id)
    answer = client.open_look(token, person_id, purpose="TREAT", ground=ground, reason=reason)
    match answer:
        case Closed(reason=why):
            return Access(is_open=False, reason=why)
        case Unreachable():
            return Access(is_open=False, is_failed=True)
    return Access(is_open=True)


def read_chart(session_id: UUID, person_id: UUID) -> Chart:
    """The one-screen summary; a record that is not open has no sections."""
    token = issue_session_token(session_id)
    access = _access(client.ask(token, f"Patient/{person_id}/$access"))
    if not access.is_open:
        return Chart(access, {})
    return Chart(access, {code: fetch_section(token, person_id, code) for code in PLANS})


def read_section(session_id: UUID, person_id: UUID, code: str) -> Section:
    """One section, longer."""
    return fetch_section(issue_session_token(session_id), person_id, code, shown=200)


def _access(answer: Answer) -> Access:
    match answer:
        case Closed(reason=why):
            return Access(is_open=False, reason=why)
        case Unreachable():
            return Access(is_open=False, is_failed=True)
    parts = {part["name"]: part for part in answer.get("parameter", [])}
    return Access(
        is_open=bool(parts.get("isOpen", {}).get("valueBoolean")),
        reason=str(parts.get("reason", {}).get("valueCode", "")),
        closes_at=str(parts.get("closesAt", {}).get("valueInstant", "")),
    )
