"""One line of a section: what, when, from whom, and since when the platform has it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from wutong.control.charts import elements
from wutong.control.charts.elements import Resource


@dataclass(frozen=True)
class Item:
    """One line of a section."""

    name: str
    detail: str
    at: date | datetime | str | None  # str: a year or a month, as the sender knew no more
    sender_code: str
    reference: str = ""  # a result's reference range
    mark: str = ""  # to be seen at once, in words: high risk, very low
    is_past: bool = False
    is_absence: bool = False  # says that there is none of a kind
    is_aside: bool = False  # stands after the others (see asides)
    test: str = ""  # of a measurement: which test it is (see series)
    paper: str = ""  # of what can be read whole: its Type/id
    stored_at: datetime | None = None

    @property
    def day(self) -> object:
        """The day in the territory."""
        return elements.day_of(self.at)

    def is_new_since(self, looked_at: datetime | None) -> bool:
        """Whether it was stored after that moment; nothing is new to somebody who never looked."""
        return looked_at is not None and self.stored_at is not None and self.stored_at > looked_at


def make(resource: Resource, name: str, detail: str, **more: Any) -> Item:
    """A line about a resource."""
    return Item(
        name or _("(the sender gave no name)"),
        detail,
        elements.when(resource),
        elements.sender(resource),
        stored_at=elements.stored_at(resource),
        **more,
    )
