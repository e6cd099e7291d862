"""Composes the SQL of a search: alone in the house. What the caller may not see is cut here, in the statement."""

from wutong.record.store.search import links
from wutong.record.store.search.rows import Moment
from wutong.record.store.search.run import MOST_BYTES, Asked, Page, TooCostly, page, search

__all__ = ["MOST_BYTES", "Asked", "Moment", "Page", "TooCostly", "links", "page", "search"]
