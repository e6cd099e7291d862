"""Which search parameters each type offers: the official ones and the house's own, as far as they are indexed."""

from collections.abc import Mapping
from functools import cache

from wutong.record.definitions.search_parameters import Parameter
from wutong.record.searching.extract import is_indexed
from wutong.record.searching.own import CLINICAL_DATE, with_own


@cache
def offered(resource_type: str) -> Mapping[str, Parameter]:
    """All parameters of a type by name, with those that are columns of the row (`_id`, `_lastUpdated`)."""
    return {name: each for name, each in with_own(resource_type).items() if is_indexed(each)}


def is_clinical_date(resource_type: str, name: str) -> bool:
    """Whether a parameter asks for the column and not for an element."""
    return name in {CLINICAL_DATE, "date"} and not offered(resource_type)[name].expression
