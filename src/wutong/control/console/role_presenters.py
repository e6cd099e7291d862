"""What stands between changes of the role matrix and the officers' templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wutong.control.console.role_words import ACCESSES, OUTCOMES, STALE
from wutong.control.pages.names import listed, term
from wutong.control.people.queries.accounts import display_names, is_one_human
from wutong.control.people.queries.role_changes import CellChange, Change, accounts_touched, staleness
from wutong.control.people.queries.roles import Matrix, matrix_on
from wutong.core.access import RoleAccess
from wutong.core.categories import CATEGORY_NAMES
from wutong.core.professions import PROFESSION_NAMES

_LEAST_FIRST = (RoleAccess.NONE, RoleAccess.RESTRICTED, RoleAccess.GENERAL)


@dataclass(frozen=True)
class Row:
    """A change as the list shows it."""

    change: Change
    author: str
    professions: str
    outcome: str


@dataclass(frozen=True)
class Preview:
    """A change as a second officer judges it: what it means, and the matrix of its day without it and with it."""

    row: Row
    decided_by: str
    meanings: list[str]
    touched: str
    before: Matrix
    after: Matrix
    changed: frozenset[tuple[str, str]]
    stale: str  # why it cannot be approved any more; empty where it can
    is_own: bool  # the reader's own
    is_of_one_human: bool  # or, by name or address, perhaps the reader's


def rows(changes: Sequence[Change]) -> list[Row]:
    """Lines of the list."""
    names = display_names({each.drafted_by for each in changes})
    return [_row(each, names) for each in changes]


def preview(change: Change, reader_id: UUID) -> Preview:
    """Everything that a second officer needs to judge by."""
    people = {change.drafted_by} | ({change.decision.decided_by} if change.decision else set())
    names = display_names(people)
    matrix, why_not = matrix_on(change.valid_from), staleness(change) if change.is_open else None
    return Preview(
        row=_row(change, names),
        decided_by=names[change.decision.decided_by] if change.decision else "",
        meanings=[_meaning(each) for each in _in_order(change)],
        touched=_touched(change),
        before=matrix.saying({each.cell: each.old for each in change.cells}),
        after=matrix.saying({each.cell: each.new for each in change.cells}),
        changed=frozenset(each.cell for each in change.cells),
        stale=str(STALE[why_not]) if why_not else "",
        is_own=reader_id == change.drafted_by,
        is_of_one_human=is_one_human(reader_id, change.drafted_by),
    )


def _row(change: Change, names: dict[UUID, str]) -> Row:
    touched = dict.fromkeys(each.profession for each in _in_order(change))
    return Row(
        change=change,
        author=names[change.drafted_by],
        professions=listed(_profession(code) for code in touched),
        outcome=str(OUTCOMES[change.decision.outcome]) if change.decision else "",
    )


def _in_order(change: Change) -> list[CellChange]:
    """As the matrix stands: professions of the law's list, categories in theirs."""
    professions, categories = list(PROFESSION_NAMES), list(CATEGORY_NAMES)
    return sorted(change.cells, key=lambda cell: (professions.index(cell.profession), categories.index(cell.category)))


def _meaning(cell: CellChange) -> str:
    opens = _LEAST_FIRST.index(cell.new) > _LEAST_FIRST.index(cell.old)
    sentence = (
        _("%(profession)s: %(category)s – from %(old)s to %(new)s (opens more)")
        if opens
        else _("%(profession)s: %(category)s – from %(old)s to %(new)s (closes more)")
    )
    told = {"profession": _profession(cell.profession), "category": term(*CATEGORY_NAMES[cell.category])}
    return sentence % {**told, "old": ACCESSES[cell.old], "new": ACCESSES[cell.new]}


def _touched(change: Change) -> str:
    """How many accounts, of all professions together."""
    found = accounts_touched({each.profession for each in change.cells}, change.valid_from)
    count = sum(found.values())
    return ngettext("%(count)s active account", "%(count)s active accounts", count) % {"count": f"{count:,}"}


def _profession(code: str) -> str:
    return term(*PROFESSION_NAMES.get(code, (code, "")))
