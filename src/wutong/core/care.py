"""That a provider cares for a person now: what the record shows of it, or else a professional's own word (R-02). Pure.

A trace is a row of the record that may show it; evidence is a trace within the days of its kind that nothing hides.
Source: domain dossier R-02, 2.2; security dossier 1.6. Docs: docs/decisions/0039.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from wutong.core import clock
from wutong.core.closings import Closed, marked

MOST_REASON = 500  # characters
ATTESTATION = "attestation"  # instead of evidence: the professional's word


@dataclass(frozen=True)
class Trace:
    """A row that may show care: own or another's deposit; `words`: its codes (`status=booked`) and marks (closings)."""

    resource_type: str
    resource_id: UUID
    depositor_id: UUID
    category: str
    words: frozenset[str]
    begins_at: datetime
    ends_at: datetime | None  # the first instant after it; None: no end is known


@dataclass(frozen=True)
class Evidence:
    """What shows that the person is under the provider's care: of which kind, in which row, from which day."""

    kind: str
    resource_type: str
    resource_id: UUID
    day: date

    def written(self) -> dict[str, str]:
        """As the look and the audit entry have it."""
        return {"kind": self.kind, "type": self.resource_type, "id": str(self.resource_id), "day": self.day.isoformat()}


@dataclass(frozen=True)
class Kind:
    """One kind of evidence: the rows that show it, and how many days before and after them it holds.

    `goes_on`: the status in which a row without an end lasts until today; else it is of the day on which it began.
    """

    code: str
    resource_type: str
    statuses: frozenset[str]
    before: int
    after: int
    since: date
    classes: frozenset[str] = frozenset()  # of an Encounter (HL7 v3 ActCode)
    goes_on: frozenset[str] = frozenset()


_BY_OTHERS = "ServiceRequest"  # what another provider deposited shows care where it refers the person here
_LAUNCH = date(2016, 3, 13)
_ATTENDED = frozenset({"arrived", "triaged", "in-progress", "onleave", "finished"})

# The days are proposals [D]: no published ones were found. To look before a visit and after it, to prepare it and to
# follow it up, is legitimate (dossier 2.2). A change is a further line with its own first day; the last one that has
# come holds. The order is that in which evidence is named where there are several.
KINDS = (
    Kind("admission", "Encounter", _ATTENDED, 0, 90, _LAUNCH, frozenset({"IMP", "ACUTE", "NONAC", "OBSENC", "SS"}),
         goes_on=frozenset({"in-progress", "onleave"})),
    Kind("appointment", "Appointment", frozenset({"booked", "arrived", "checked-in", "fulfilled"}), 14, 14, _LAUNCH),
    Kind("attendance", "Encounter", _ATTENDED, 0, 90, _LAUNCH, frozenset({"AMB", "FLD", "HH", "VR", "PRENC"})),
    Kind("emergency-attendance", "Encounter", _ATTENDED, 0, 90, _LAUNCH, frozenset({"EMER"})),
    Kind("referral", "ServiceRequest", frozenset({"active"}), 0, 180, _LAUNCH),
    Kind("enrolment", "EpisodeOfCare", frozenset({"active"}), 0, 0, _LAUNCH, goes_on=frozenset({"active"})),
    Kind("dispensing", "MedicationDispense", frozenset({"preparation", "in-progress", "completed"}), 0, 90, _LAUNCH),
)  # fmt: skip


def evidence_of(
    traces: Iterable[Trace], *, provider_id: UUID | None, closed: Closed, open_to: frozenset[str], today: date
) -> Evidence | None:
    """The first evidence by kind, of that the nearest; None where the record shows no care.

    `open_to`: the categories that the caller sees. Another's deposit counts in these alone; a provider's own counts
    though the caller's role does not show it, since it is the provider's own book. What the person closed is evidence
    for nobody: it would tell that it is there.
    """
    kinds, hidden = _in_force(today), closed.parts.union(marked(closed.parts))
    shown = (each for each in traces if _counts(each, each.depositor_id == provider_id, closed, hidden, open_to))
    found = [each for trace in shown for kind in kinds if (each := _shown_by(trace, kind, today))]
    codes = [kind.code for kind in kinds]
    return min(found, key=lambda each: (codes.index(each.kind), abs(today - each.day), each.resource_id), default=None)


def is_reason(text: str) -> bool:
    """Whether a text can stand in a patient's list: something to read, within its length, on one line."""
    said = tidy(text)
    return 0 < len(said) <= MOST_REASON and said.isprintable()


def tidy(text: str) -> str:
    """A reason without the white space that only fills it."""
    return " ".join(text.split())


@lru_cache(maxsize=2)
def _in_force(today: date) -> list[Kind]:
    """Of each kind the last line that has come."""
    return list(
        {kind.code: kind for kind in sorted(KINDS, key=lambda kind: kind.since) if kind.since <= today}.values()
    )


def _counts(trace: Trace, is_own: bool, closed: Closed, hidden: frozenset[str], open_to: frozenset[str]) -> bool:
    if not trace.words.isdisjoint(hidden) or str(trace.resource_id) in hidden:
        return False
    if is_own:
        return trace.category not in closed.categories
    return trace.resource_type == _BY_OTHERS and trace.category in open_to


def _shown_by(trace: Trace, kind: Kind, today: date) -> Evidence | None:
    if trace.resource_type != kind.resource_type or not _has(trace, "status", kind.statuses):
        return None
    if kind.classes and not _has(trace, "class", kind.classes):
        return None
    first, last = _days(trace, kind, today)
    is_now = (first - today).days <= kind.before and (today - last).days <= kind.after
    return Evidence(kind.code, trace.resource_type, trace.resource_id, first) if is_now else None


def _has(trace: Trace, name: str, codes: frozenset[str]) -> bool:
    return not trace.words.isdisjoint(_words(name, codes))


@lru_cache
def _words(name: str, codes: frozenset[str]) -> frozenset[str]:
    return frozenset(f"{name}={code}" for code in codes)


def _days(trace: Trace, kind: Kind, today: date) -> tuple[date, date]:
    """The first day and the last one."""
    first = clock.local(trace.begins_at).date()
    if trace.ends_at is not None:
        return first, max(first, clock.local(trace.ends_at - timedelta(microseconds=1)).date())
    return first, max(first, today) if _has(trace, "status", kind.goes_on) else first
