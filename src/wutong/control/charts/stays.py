"""Asks for what was written about the latest stay in a hospital: three questions, where there is a fresh one."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

from wutong.control.charts import chart, client, discharge, papers
from wutong.control.charts.client import Closed, Found, Unreachable
from wutong.control.charts.discharge import Stay
from wutong.control.charts.elements import Resource
from wutong.control.charts.item import Item
from wutong.core import clock

_LOINC = "http://loinc.org"


@dataclass(frozen=True)
class RecentStay:
    """A fresh stay and its discharge summaries, or why they are not here: closed with a reason, or failed."""

    stay: Stay
    summaries: tuple[Item, ...] = ()
    closed: str = ""
    is_failed: bool = False


def fetch_recent_stay(token: str, person_id: UUID, encounters: Iterable[Resource]) -> RecentStay | None:
    """The stay that matters to whoever follows up, under the caller's own rights; None where there is none."""
    stay = discharge.latest(encounters, clock.today())
    if stay is None:
        return None
    with ThreadPoolExecutor(len(discharge.SUMMARY_TYPES)) as threads:
        answers = list(threads.map(lambda each: _ask(token, person_id, *each), discharge.SUMMARY_TYPES.items()))
    documents = [resource for each in answers if isinstance(each, Found) for resource in each.resources]
    return RecentStay(
        stay,
        tuple(discharge.summaries_of(stay, documents)),
        closed=next((each.reason for each in answers if isinstance(each, Closed)), ""),
        is_failed=any(isinstance(each, Unreachable) for each in answers),
    )


def _ask(token: str, person_id: UUID, resource_type: str, parameter: str) -> Found | Closed | Unreachable:
    named = ",".join(f"{_LOINC}|{code}" for code in discharge.SUMMARY_CODES)
    asked = {"patient": str(person_id), "_tag": chart.tagged("documents"), parameter: named, "_count": "50"}
    return client.search(token, resource_type, asked, lighten=papers.leave_out_files)
