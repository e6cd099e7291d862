"""Reads what a search or a page of it asks for. Source: HL7 FHIR R4, search page (prefixes, dates)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.http import HttpRequest, QueryDict

from wutong.control.consent.statements import Filters
from wutong.control.pcf import provisions
from wutong.control.pcf.faults import Unfit, unfit
from wutong.core import clock, ids

USUAL, MOST = 20, 100  # of a page
FURTHEST = 1_000_000
PAGING = ("_count", "_offset")
_HERE = {"_format"}  # JSON alone is answered, whatever is asked for
SEARCHED = ("_id", "_lastUpdated", "patient", "status")
_STATES = {"active": True, "inactive": False}
_UNUSED = {"draft", "proposed", "rejected", "entered-in-error"}  # states that no Consent of ours has
_PREFIXES = ("eq", "ge", "gt", "le", "lt")


@dataclass(frozen=True)
class Page:
    """How many, from which on."""

    count: int
    offset: int

    def link(self, request: HttpRequest, relation: str, base: str, *, offset: int) -> dict[str, str]:
        """To another page of the same question."""
        query = request.GET.copy()
        query["_count"], query["_offset"] = str(self.count), str(offset)
        return {"relation": relation, "url": f"{base}?{query.urlencode()}"}


def page(query: QueryDict) -> Page:
    """Of an address; raises Unfit."""
    return Page(
        _number(query, "_count", usual=USUAL, least=1, most=MOST), _number(query, "_offset", 0, least=0, most=FURTHEST)
    )


def only_paging(query: QueryDict) -> None:
    """Raise Unfit for anything else in the address."""
    _refuse_unknown(query, ())


def patient(query: QueryDict) -> UUID | None:
    """The id of the Patient that is named, in any of the ways in which references are; raises Unfit."""
    text = _one(query, "patient")
    if text is None:
        return None
    kind, found = provisions.named({"reference": text if "/" in text else f"Patient/{text}"})
    if kind != "Patient" or found is None:
        raise _wrong("patient", "Write the id of a Patient, such as patient=Patient/{id}.")
    return found


def filters(query: QueryDict) -> Filters:
    """Of a search; raises Unfit."""
    _refuse_unknown(query, SEARCHED)
    since, before = _period(query.getlist("_lastUpdated"))
    listed = _one(query, "_id")
    named = None if listed is None else [found for each in listed.split(",") if (found := ids.read(each))]
    return Filters(_states(_one(query, "status")), named, since, before)


def _states(text: str | None) -> list[bool] | None:
    if text is None:
        return None
    codes = text.split(",")
    if not _STATES.keys() | _UNUSED >= set(codes):
        raise _wrong("status", f"Write codes of Consent.status: {', '.join(_STATES)}.")
    return [_STATES[each] for each in codes if each in _STATES]


def _period(texts: Sequence[str]) -> tuple[datetime | None, datetime | None]:
    """In which all of them are."""
    since: datetime | None = None
    before: datetime | None = None
    for text in texts:
        prefix, value = (text[:2], text[2:]) if text[:2].isalpha() else ("eq", text)
        if prefix not in _PREFIXES:
            raise _wrong("_lastUpdated", f"Write one of the prefixes {', '.join(_PREFIXES)}.")
        low, high = _span(value)
        starts = {"eq": low, "ge": low, "gt": high}.get(prefix)
        ends = {"eq": high, "le": high, "lt": low}.get(prefix)
        since = max(filter(None, (since, starts)), default=None)
        before = min(filter(None, (before, ends)), default=None)
    return since, before


def _span(text: str) -> tuple[datetime, datetime]:
    """The day of the territory, the second or the millisecond that is written."""
    try:
        if len(text) == len("2026-11-30"):
            begins = datetime.combine(date.fromisoformat(text), time(), clock.TERRITORY)
            return begins, begins + timedelta(days=1)
        instant = datetime.fromisoformat(text.replace(" ", "+"))  # a plus that was not escaped
        if instant.tzinfo is None:
            raise ValueError
        return instant.astimezone(UTC), instant.astimezone(UTC) + timedelta(milliseconds=1 if "." in text else 1000)
    except (ValueError, OverflowError):
        raise _wrong("_lastUpdated", "Write a day (2026-11-30) or an instant with its offset.") from None


def _number(query: QueryDict, name: str, usual: int, *, least: int, most: int) -> int:
    text = _one(query, name)
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise _wrong(name, f"Write a number from {least} to {most}.")
    return int(text)


def _one(query: QueryDict, name: str) -> str | None:
    given = query.getlist(name)
    if len(given) > 1 or "" in given:
        raise _wrong(name, "Write it once, with a value.")
    return given[0] if given else None


def _refuse_unknown(query: Mapping[str, object], known: Sequence[str]) -> None:
    unknown = sorted(query.keys() - {*known, *PAGING, *_HERE})
    if unknown:
        sentence = f"This is not searched by here. Known: {', '.join((*known, *PAGING))}."
        raise Unfit(*[_wrong(name, sentence).faults[0] for name in unknown], status=400)


def _wrong(name: str, message: str) -> Unfit:
    return unfit("value", f"http.{name[:64]}", message, status=400)
