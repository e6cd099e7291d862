"""The Hong Kong Childhood Immunisation Programme (香港兒童免疫接種計劃) as dated data: each row for births in a span.

Source: the domain dossier, 10.1. [S105] the base schedule and varicella for births from 2013; [S106] HPV for girls of
Primary 5 since the school year 2019/20, school teams for P1 and P6; [GK] general knowledge, unverified: the second
MMRV at 18 months for births from 1 July 2018, no third PCV for births from about mid-2019, PCV only for births from
1 July 2009, HPV in P6, dates of schooling. A change of the programme is a new row with its own span; a row that held
is never edited.
"""

from dataclasses import dataclass
from datetime import date

from wutong.control.charts.vaccines import BCG, DTAP, HEPB, HPV, IPV, MMR, PCV, VAR

PRIMARY_1, PRIMARY_5, PRIMARY_6 = 6, 10, 11  # the school year begins in September of the year of birth and so many


@dataclass(frozen=True)
class Row:
    """One dose of the programme: due at so many months of age, or with the first day of a school year."""

    vaccine: str
    number: int | None  # of the dose; None for the only one and for boosters
    antigens: tuple[str, ...]
    months: int | None = None
    school: int | None = None  # PRIMARY_1 and so on
    born_from: date | None = None
    born_until: date | None = None
    sex: str = ""  # F: for girls alone
    counts_from: int = 0  # months of age before which a dose is no such dose [D]
    mark: str = "S105"


_VARICELLA = date(2013, 1, 1)
_MMRV_EARLY = date(2018, 7, 1)
_TWO_PCV = date(2019, 7, 1)
_PCV = date(2009, 7, 1)
_HPV = date(2009, 1, 1)  # in P5 in the school year 2019/20


def _before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


ROWS: tuple[Row, ...] = (
    Row("BCG", None, (BCG,), months=0),
    Row("Hepatitis B", 1, (HEPB,), months=0),
    Row("Hepatitis B", 2, (HEPB,), months=1),
    Row("DTaP-IPV", 1, (DTAP, IPV), months=2),
    Row("PCV", 1, (PCV,), months=2, born_from=_PCV, mark="GK"),
    Row("DTaP-IPV", 2, (DTAP, IPV), months=4),
    Row("PCV", 2, (PCV,), months=4, born_from=_PCV, mark="GK"),
    Row("DTaP-IPV", 3, (DTAP, IPV), months=6),
    Row("PCV", 3, (PCV,), months=6, born_from=_PCV, born_until=_before(_TWO_PCV), mark="GK"),
    Row("Hepatitis B", 3, (HEPB,), months=6),
    Row("MMR", 1, (MMR,), months=12, counts_from=11),
    Row("PCV booster", None, (PCV,), months=12, counts_from=11, born_from=_PCV, mark="GK"),
    Row("Varicella", 1, (VAR,), months=12, counts_from=11, born_from=_VARICELLA),
    Row("DTaP-IPV booster", None, (DTAP, IPV), months=18, counts_from=12),
    Row("MMRV", 2, (MMR, VAR), months=18, born_from=_MMRV_EARLY, mark="GK"),
    Row("MMR", 2, (MMR,), school=PRIMARY_1, born_until=_before(_VARICELLA)),
    Row("MMRV", 2, (MMR, VAR), school=PRIMARY_1, born_from=_VARICELLA, born_until=_before(_MMRV_EARLY)),
    Row("DTaP-IPV booster", None, (DTAP, IPV), school=PRIMARY_1),
    Row("HPV", 1, (HPV,), school=PRIMARY_5, born_from=_HPV, sex="F", mark="S106"),
    Row("HPV", 2, (HPV,), school=PRIMARY_6, born_from=_HPV, sex="F", mark="GK"),
    Row("dTap-IPV booster", None, (DTAP, IPV), school=PRIMARY_6),
)
