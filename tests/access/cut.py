"""What row security should show of a small record under a decision: the oracle's word on rows (house 6.1; decision 0037)."""

from dataclasses import dataclass

from access.situations import Shown

CATEGORIES = {"A": "DX", "B": "LAB"}  # of the small world, in the record


@dataclass(frozen=True)
class Row:
    """A version of a resource: whose, of which category, by whom, and what of it the patient may close."""

    resource_id: str
    version: int
    patient: str  # one of the person's, or of somebody else
    category: str
    depositor: str  # "own" or "other"
    parts: frozenset[str]  # its own id, its labels, and the episodes that it belongs to
    is_superseded: bool = False


def rows_shown(act: str, shown: Shown, closed: frozenset[str], rows: frozenset[Row], persons: set[str]) -> set[Row]:
    """Which of the rows a ticket of this decision opens to a reader."""
    current = {row for row in rows if not row.is_superseded and _shows(act, shown, closed, row, persons)}
    ids = {row.resource_id for row in current}
    earlier = {row for row in rows if row.is_superseded and _shows(act, shown, closed, row, persons)}
    return current | {row for row in earlier if row.resource_id in ids}  # hidden with its current version


def _shows(act: str, shown: Shown, closed: frozenset[str], row: Row, persons: set[str]) -> bool:
    if act == "count":
        return False  # a number, and no row (decision 0012)
    if shown.only_own_deposits:
        if row.depositor != "own":
            return False
        return row.patient in persons if shown.patients else act == "read"  # to write is for the patients named
    if not shown.patients or row.patient not in persons:
        return False
    if row.category not in {CATEGORIES[each] for each in shown.categories}:
        return False
    return not ((shown.parts_closed or shown.labels_closed) and row.parts & closed)
