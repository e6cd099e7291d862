"""What is written beside a resource, for a search to find it by: tokens, texts, dates and amounts, by parameter.

A token reads as a search writes it: `code=http://loinc.org|2345-7`, `code=2345-7`, `status=|final` (no system),
`subject=Patient/<id>`, `identifier#<keyed hash>`, `identifier:of-type=<system>|MR|17`, `subject:identifier=…`; and the
bare name where the element is there but holds nothing that can be searched by. A part of a composite stands before its
last part with `$`: `code-value-quantity$http://loinc.org|2345-7`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

MOST = 50_000  # of one resource: a code system of 20,000 codes; each search of a record looks at all of them
MOST_KEYS = 1_000
LONGEST_KEY = 500  # an index cannot hold much more; in UTF-8 it can be four times as long


class TooMany(Exception):
    """More can be searched for in one resource than is kept."""


@dataclass(slots=True)
class Entries:
    """The entries of one resource.

    `dates`: name, begin, end (the first instant after it); `amounts`: name, lowest, highest, and the unit as
    `system|code|unit`; `keys`: the values of its identifiers without their systems, by which a system's own deposits
    are looked up (`=17`, or `#` and the keyed hash of an identity number).
    """

    tokens: set[str] = field(default_factory=set)
    strings: set[str] = field(default_factory=set)
    dates: set[tuple[str, datetime, datetime]] = field(default_factory=set)
    amounts: set[tuple[str, Decimal, Decimal, str]] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)

    def refuse_too_many(self) -> None:
        """Raise TooMany where one resource would make all searches slow."""
        count = len(self.tokens) + len(self.strings) + len(self.dates) + len(self.amounts)
        if count > MOST or len(self.keys) > MOST_KEYS:
            raise TooMany
