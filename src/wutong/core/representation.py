"""Who may decide for a person who is too young to: the rule, and nothing but. Pure.

Source: domain dossier 2.3 (Cap. 625, substitute decision makers, in the order of the law); from 16 on a person decides
alone, and nobody needs to end a link for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, date

AGE_OF_DECISION = 16

# Who may decide for a person under that age, in the order of the law, and where the law's list has them. Family
# members, people who live with the child and healthcare providers may only where there is none of these, which no
# register can know: for them, and for carers, there is no rule.
MAY_DECIDE = {
    "parent": "dossier 2.3, under 16, (a)",
    "guardian": "dossier 2.3, under 16, (b)",
    "court-appointed": "dossier 2.3, under 16, (c)",
}


@dataclass(frozen=True)
class Birth:
    """A date of birth as far as it is known: by day ("D"), by month ("M") or by year ("Y")."""

    on: date | None
    precision: str = "D"

    @property
    def earliest(self) -> date | None:
        """The first day that it may have been."""
        if self.on is None or self.precision == "D":
            return self.on
        return self.on.replace(day=1) if self.precision == "M" else self.on.replace(month=1, day=1)


def decides_alone_from(birth: Birth) -> date | None:
    """The first day on which the person may be 16: in doubt the earliest; None where no day of birth says so."""
    earliest = birth.earliest
    if earliest is None or earliest.year > MAXYEAR - AGE_OF_DECISION:  # such as the year 9999 of a sender
        return None
    try:
        return earliest.replace(year=earliest.year + AGE_OF_DECISION)
    except ValueError:  # 29 February, in a year that has none
        return earliest.replace(year=earliest.year + AGE_OF_DECISION, day=28)


def decides_as(relations: Iterable[str], birth: Birth, *, today: date) -> str | None:
    """In which of these relations somebody may decide for a person born then; None: in none of them."""
    alone_from = decides_alone_from(birth)
    if alone_from is None or today >= alone_from:
        return None
    held = set(relations)
    return next((relation for relation in MAY_DECIDE if relation in held), None)
