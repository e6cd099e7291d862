"""What a conditional reference finds among the resources that its own request creates.

Source: HL7 FHIR R4, http page, transaction processing rules: references are resolved after everything is created.
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import reduce
from typing import Any

from wutong.core.sealing import Sealer
from wutong.record.flows.changes import Condition
from wutong.record.searching.entries import Entries, TooMany
from wutong.record.searching.extract import entries
from wutong.record.searching.query import Held
from wutong.record.store import identity

_Index = Mapping[tuple[str, str], set[str]]  # column and entry: the names of those that have it


class Brought:
    """Resources that are created, by type and id (`Observation/1`), with what a search would find them by.

    Those of a type are read when a condition asks for it, which few requests do. References among them may not be
    resolved yet, so that a condition finds by values (an identifier, a code) and by references to what is stored.
    """

    def __init__(self, created: Mapping[str, Mapping[str, Any]], sealer: Sealer) -> None:
        self._created, self._sealer, self._read = created, sealer, dict[str, _Index]()

    def found(self, condition: Condition) -> set[str]:
        """The names of those that the condition finds; of a condition that compares otherwise than by equality none."""
        query, patient = condition.search.query, condition.search.patient
        asked = [each for each in query.conditions if isinstance(each, Held)]
        if not asked or len(asked) != len(query.conditions):
            return set()
        index = self._index(query.resource_type)
        wanted = [[(each.column, entry) for entry in each.every] for each in asked]
        wanted += [[("tokens", f"patient=Patient/{patient}")]] if patient else []
        return reduce(set.intersection, (set().union(*(index.get(each, ()) for each in some)) for some in wanted))

    def _index(self, resource_type: str) -> _Index:
        if resource_type not in self._read:
            names = [name for name in self._created if name.startswith(f"{resource_type}/")]
            self._read[resource_type] = _index({name: _entries(self._created[name], self._sealer) for name in names})
        return self._read[resource_type]


def _index(read: Mapping[str, Entries]) -> _Index:
    index = defaultdict[tuple[str, str], set[str]](set)
    for name, found in read.items():
        for column, some in (("tokens", found.tokens), ("strings", found.strings)):
            for entry in some:
                index[column, entry].add(name)
    return index


def _entries(resource: Mapping[str, Any], sealer: Sealer) -> Entries:
    try:
        return entries(resource, lambda identifier: identity.token_suffixes(identifier, sealer))
    except TooMany:
        return Entries()  # it is refused when its own turn comes
