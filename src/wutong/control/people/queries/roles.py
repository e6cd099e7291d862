"""The role matrix, as it is in force on a day."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from django.db.models import Max, Min, QuerySet

from wutong.control.people.models import RoleCategory
from wutong.core import clock
from wutong.core.access import RoleAccess
from wutong.core.professions import PROFESSION_NAMES

Cell = tuple[str, str]  # profession, data category


@dataclass(frozen=True)
class ProfessionRow:
    """What one profession sees on the matrix's day: data category -> access; where that is from, and since when."""

    profession: str
    accesses: Mapping[str, RoleAccess]
    sources: tuple[str, ...]
    since: date

    @property
    def names(self) -> tuple[str, str]:
        """English and Chinese; the code itself where the professions' list has no name for it."""
        return PROFESSION_NAMES.get(self.profession, (self.profession, ""))

    @property
    def is_enabled(self) -> bool:
        """Whether anything opens to the profession, be it by an extra consent."""
        return any(access is not RoleAccess.NONE for access in self.accesses.values())

    def access_to(self, category: str) -> RoleAccess:
        """What the matrix does not speak of is not seen."""
        return self.accesses.get(category, RoleAccess.NONE)


@dataclass(frozen=True)
class Matrix:
    """The role matrix of one day; `changes_on` is the next day on which another holds, if one is known."""

    on: date
    rows: tuple[ProfessionRow, ...]
    changes_on: date | None

    def saying(self, accesses: Mapping[Cell, RoleAccess]) -> "Matrix":
        """The same matrix, with these cells saying something else."""
        return replace(self, rows=tuple(_saying(row, accesses) for row in self.rows))


def matrix_on(day: date) -> Matrix:
    """The matrix in force on `day`; professions in the order of the law's list."""
    cells = sorted(_in_force(day), key=lambda cell: (_place(cell.profession), cell.valid_from))
    rows = (_row(profession, list(group)) for profession, group in groupby(cells, key=lambda cell: cell.profession))
    return Matrix(day, tuple(rows), _next_change(day))


def known_professions() -> list[str]:
    """Codes of the professions that the matrix in force today says something about, in order."""
    return sorted({cell.profession for cell in _in_force(clock.today())})


def roles_on(day: date) -> Mapping[str, Mapping[str, str]]:
    """The same as the record plane reads it: for each profession, access by category ("G", "R", "-")."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for cell in _in_force(day):
        found[cell.profession][cell.category] = cell.access
    return found


@dataclass(frozen=True)
class Version:
    """What a cell says in one of its versions."""

    number: int
    access: RoleAccess


def versions_on(day: date) -> dict[Cell, Version]:
    """The version of each cell that is in force on `day`."""
    return {(row.profession, row.category): Version(row.version, RoleAccess.of(row.access)) for row in _in_force(day)}


def newest_versions() -> dict[Cell, int]:
    """The number of each cell's last version, be its day come or not."""
    found = RoleCategory.objects.values_list("profession", "category").annotate(newest=Max("version"))
    return {(profession, category): newest for profession, category, newest in found}


def _in_force(day: date) -> QuerySet[RoleCategory]:
    """Of each cell the version with the latest day; of one day the last word."""
    rows = RoleCategory.objects.filter(valid_from__lte=day)
    return rows.order_by("profession", "category", "-valid_from", "-version").distinct("profession", "category")


def _next_change(day: date) -> date | None:
    found: date | None = RoleCategory.objects.filter(valid_from__gt=day).aggregate(on=Min("valid_from"))["on"]
    return found


def _row(profession: str, cells: list[RoleCategory]) -> ProfessionRow:
    return ProfessionRow(
        profession,
        {cell.category: RoleAccess.of(cell.access) for cell in cells},
        tuple(sorted({cell.source for cell in cells})),
        max(cell.valid_from for cell in cells),
    )


def _saying(row: ProfessionRow, accesses: Mapping[Cell, RoleAccess]) -> ProfessionRow:
    own = {category: access for (profession, category), access in accesses.items() if profession == row.profession}
    return replace(row, accesses={**row.accesses, **own})


def _place(profession: str) -> tuple[int, str]:
    known = list(PROFESSION_NAMES)
    return (known.index(profession) if profession in known else len(known), profession)
