"""A clinician opens a record and reads it by parts, each click under a fresh token. Page: docs/flows/read_chart.md."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from wutong.control.audit.append import Actor
from wutong.control.audit.queries import previous_look
from wutong.control.charts import chart, client
from wutong.control.charts.chart import Section
from wutong.control.charts.client import Answer, Closed, Unreachable
from wutong.control.charts.particulars import Particulars, fetch_particulars
from wutong.control.charts.stays import RecentStay, fetch_recent_stay
from wutong.control.flows.issue_token import issue_session_token
from wutong.core import clock
from wutong.core.access import EMERGENCY
from wutong.core.answers import Reason
from wutong.core.care import Evidence

_OF_CATEGORY = frozenset({
    Reason.CATEGORY_CLOSED, Reason.CATEGORY_RESTRICTED, Reason.CATEGORY_NOT_NAMED, Reason.CATEGORY_WITHHELD,
})  # fmt: skip


@dataclass(frozen=True)
class Access:
    """What would open: whether a look is open now and until when, or why nothing opens."""

    is_open: bool
    reason: str = ""
    closes_at: datetime | None = None
    is_failed: bool = False
    categories: frozenset[str] = frozenset()  # what the profession's role opens
    closed: tuple[tuple[str, str], ...] = ()  # the other categories, each with its reason
    is_by_emergency: bool = False  # and by nothing else
    care: Evidence | None = None  # what shows that the reader's provider cares for the person


@dataclass(frozen=True)
class Chart:
    """A record as far as it was asked for; one that is not open has no sections, and tells of nobody.

    `looked_at`: when the reader last looked before the look that is open now.
    """

    access: Access
    about: Particulars | None = None
    sections: tuple[Section, ...] = ()
    recent_stay: RecentStay | None = None
    looked_at: datetime | None = None


def access_to(session_id: UUID, person_id: UUID) -> Access:
    """Ask what opens, without opening it."""
    return _access(client.ask(issue_session_token(session_id), f"Patient/{person_id}/$access"))


def open_look(session_id: UUID, person_id: UUID, *, reason: str) -> Access:
    """State the purpose (treatment) and, where the record shows no care, the reason (R-02); and open the record."""
    return _opened(client.open_look(issue_session_token(session_id), person_id, purpose="TREAT", reason=reason))


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


def read_chart(who: Actor, person_id: UUID) -> Chart:
    """The one-screen summary; if the record closes while it is read, nothing of it is shown."""
    token = _token(who)
    access = _access(client.ask(token, f"Patient/{person_id}/$access"))
    if not access.is_open:
        return Chart(access)
    read = _read(who, token, person_id, access, lambda: chart.fetch_summary(token, person_id))
    encounters = next((each.held for each in read.sections if each.code == "encounters"), ())
    stay = fetch_recent_stay(token, person_id, encounters)
    closed = _refusal_of(stay.closed) if stay else None
    return Chart(closed) if closed else replace(read, recent_stay=stay)


def read_section(who: Actor, person_id: UUID, code: str) -> Chart:
    """One section alone, whole: its data category is opened, and no other (R-03)."""
    token = _token(who)
    return _read(who, token, person_id, Access(is_open=True), lambda: [chart.fetch_section(token, person_id, code)])


def read_measurements(who: Actor, person_id: UUID, code: str) -> Chart:
    """What was measured, of one section."""
    token = _token(who)
    return _read(
        who, token, person_id, Access(is_open=True), lambda: [chart.fetch_measurements(token, person_id, code)]
    )


def _token(who: Actor) -> str:
    if who.session_id is None:
        raise ValueError("only somebody who is signed in reads a record")
    return issue_session_token(who.session_id)


def _read(who: Actor, token: str, person_id: UUID, access: Access, fetch: Callable[[], list[Section]]) -> Chart:
    about = fetch_particulars(token, person_id)
    if isinstance(about, Unreachable):  # a record without its name over it could be read as another's
        return Chart(Access(is_open=False, is_failed=True))
    sections = fetch()
    closed = next((refused for section in sections if (refused := _refusal_of(section.closed))), None)
    if closed:
        return Chart(closed)
    account, provider = who.account_id, who.provider_id
    looked_at = previous_look(person_id, account_id=account, provider_id=provider, now=clock.now())
    shown = about if isinstance(about, Particulars) else None
    return Chart(access, shown, tuple(sections), looked_at=looked_at)


def _refusal_of(closed: str) -> Access | None:
    """A section closed by the role or by an emergency is only that; any other refusal is of the whole record."""
    is_whole = closed not in {"", *_OF_CATEGORY}
    return Access(is_open=False, reason=closed) if is_whole else None


def _access(answer: Answer) -> Access:
    match answer:
        case Closed(reason=why):
            return Access(is_open=False, reason=why)
        case Unreachable():
            return Access(is_open=False, is_failed=True)
    parts = {part["name"]: part for part in answer.get("parameter", [])}
    listed = list(_listed(answer))
    categories = frozenset(code for code, is_open, _why in listed if is_open)
    reason = str(parts.get("reason", {}).get("valueCode", ""))
    closes_at = parts.get("closesAt", {}).get("valueInstant")
    return Access(
        is_open=bool(parts.get("isOpen", {}).get("valueBoolean")),
        reason=reason if reason or categories else Reason.CATEGORY_CLOSED,
        closes_at=datetime.fromisoformat(closes_at) if closes_at else None,
        is_by_emergency=bool(closes_at) and parts.get("emergencyUntil", {}).get("valueInstant") == closes_at,
        categories=categories,
        closed=tuple((code, why) for code, is_open, why in listed if not is_open),
        care=_evidence(parts["care"]["part"]) if "care" in parts else None,
    )


def _evidence(parts: list[dict[str, Any]]) -> Evidence:
    said = {part["name"]: part for part in parts}
    resource_type, _, resource_id = said["resource"]["valueReference"]["reference"].partition("/")
    day = date.fromisoformat(said["day"]["valueDate"])
    return Evidence(said["kind"]["valueCode"], resource_type, UUID(resource_id), day)


def _listed(answer: dict[str, Any]) -> Iterator[tuple[str, bool, str]]:
    """Each category, whether it is open, and the reason where it is not."""
    for each in answer.get("parameter", []):
        part = {part["name"]: part for part in each.get("part", [])}
        if "code" in part:
            is_open = bool(part.get("open", {}).get("valueBoolean"))
            yield part["code"]["valueCode"], is_open, str(part.get("reason", {}).get("valueCode", ""))
