"""A clinician opens a record and reads its summary, each click under a fresh token. Page: docs/flows/read_chart.md."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from wutong.control.charts import client
from wutong.control.charts.chart import SECTIONS, Section, fetch_sections
from wutong.control.charts.client import Answer, Closed, Unreachable
from wutong.control.charts.particulars import Particulars, fetch_particulars
from wutong.control.flows.issue_token import issue_session_token
from wutong.core.access import EMERGENCY
from wutong.core.answers import Reason

_OF_CATEGORY = frozenset({Reason.CATEGORY_CLOSED, Reason.CATEGORY_RESTRICTED, Reason.CATEGORY_NOT_NAMED})


@dataclass(frozen=True)
class Access:
    """What would open: whether a look is open now and until when, or why nothing opens."""

    is_open: bool
    reason: str = ""
    closes_at: datetime | None = None
    is_failed: bool = False
    categories: frozenset[str] = frozenset()  # what the profession's role opens


@dataclass(frozen=True)
class Chart:
    """The summary; a record that is not open has no sections, and tells of nobody."""

    access: Access
    about: Particulars | None = None
    sections: tuple[Section, ...] = ()


def access_to(session_id: UUID, person_id: UUID) -> Access:
    """Ask what opens, without opening it."""
    return _access(client.ask(issue_session_token(session_id), f"Patient/{person_id}/$access"))


def open_look(session_id: UUID, person_id: UUID, *, ground: str, reason: str) -> Access:
    """State the purpose (treatment) and the ground of care (R-02), and open the record."""
    token = issue_session_token(session_id)
    return _opened(client.open_look(token, person_id, purpose="TREAT", ground=ground, reason=reason))


def open_in_emergency(session_id: UUID, person_id: UUID) -> Access:
    """Open what was granted for an emergency (break_glass), for as long as it was granted."""
    return _opened(client.open_look(issue_session_token(session_id), person_id, purpose=EMERGENCY))


def _opened(answer: Answer) -> Access:
    match answer:
        case Closed(reason=why):
            return Access(is_open=False, reason=why)
        case Unreachable():
            return Access(is_open=False, is_failed=True)
    return Access(is_open=True)


def read_chart(session_id: UUID, person_id: UUID) -> Chart:
    """The one-screen summary; if the record closes while it is read, nothing of it is shown."""
    token = issue_session_token(session_id)
    access = _access(client.ask(token, f"Patient/{person_id}/$access"))
    return _read(token, person_id, access, SECTIONS) if access.is_open else Chart(access)


def read_section(session_id: UUID, person_id: UUID, code: str) -> Chart:
    """One section alone, whole."""
    return _read(issue_session_token(session_id), person_id, Access(is_open=True), [code])


def _read(token: str, person_id: UUID, access: Access, codes: Iterable[str]) -> Chart:
    about = fetch_particulars(token, person_id)
    if isinstance(about, Unreachable):  # a record without its name over it could be read as another's
        return Chart(Access(is_open=False, is_failed=True))
    sections = fetch_sections(token, person_id, codes)
    closed = next((refused for section in sections if (refused := _refusal_of(section))), None)
    if closed:
        return Chart(closed)
    return Chart(access, about if isinstance(about, Particulars) else None, tuple(sections))


def _refusal_of(section: Section) -> Access | None:
    """A section closed by the role or by an emergency is only that; any other refusal is of the whole record."""
    is_whole = section.closed not in {"", *_OF_CATEGORY}
    return Access(is_open=False, reason=section.closed) if is_whole else None


def _access(answer: Answer) -> Access:
    match answer:
        case Closed(reason=why):
            return Access(is_open=False, reason=why)
        case Unreachable():
            return Access(is_open=False, is_failed=True)
    parts = {part["name"]: part for part in answer.get("parameter", [])}
    categories = frozenset(_open_categories(answer))
    reason = str(parts.get("reason", {}).get("valueCode", ""))
    closes_at = parts.get("closesAt", {}).get("valueInstant")
    return Access(
        is_open=bool(parts.get("isOpen", {}).get("valueBoolean")),
        reason=reason if reason or categories else Reason.CATEGORY_CLOSED,
        closes_at=datetime.fromisoformat(closes_at) if closes_at else None,
        categories=categories,
    )


def _open_categories(answer: dict[str, Any]) -> Iterator[str]:
    for each in answer.get("parameter", []):
        part = {part["name"]: part for part in each.get("part", [])}
        if part.get("open", {}).get("valueBoolean"):
            yield part["code"]["valueCode"]
