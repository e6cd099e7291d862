"""Composes the SQL of a search: alone in the house. What the caller may not see is cut here, in the statement."""

from wutong.record.store.search import links
from wutong.record.store.search.along import TooMuch
from wutong.record.store.search.cut import MOST_BYTES
from wutong.record.store.search.everything import Part, Wanted, everything
from wutong.record.store.search.few import few
from wutong.record.store.search.rows import Moment
from wutong.record.store.search.run import MOST_MILLISECONDS, Asked, Page, TooCostly, in_time, in_turn, search

__all__ = [
    "MOST_BYTES",
    "MOST_MILLISECONDS",
    "Asked",
    "Moment",
    "Page",
    "Part",
    "TooCostly",
    "TooMuch",
    "Wanted",
    "everything",
    "few",
    "in_time",
    "in_turn",
    "links",
    "search",
]
