"""What a stored version should be found by, worked out from its content alone; and what of that is otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from wutong.core import clock, json_text
from wutong.core.categories import category_of
from wutong.core.closings import marks_of
from wutong.core.json_text import JsonProblem
from wutong.core.sealing import SealBroken, Sealer
from wutong.record.flows.deposit import directory_rows_named
from wutong.record.searching.entries import LONGEST_KEY, Entries, TooMany
from wutong.record.searching.extract import entries
from wutong.record.store import identity, index
from wutong.record.store.keeper.beside import Key, Reference
from wutong.record.store.keeper.rows import Version


class Unreadable(Exception):
    """A version of which nothing can be worked out; a sentence says why."""


@dataclass(frozen=True)
class WorkedOut:
    """What a version should be found by. `traces`: of its identity numbers, by place."""

    category: str | None = None
    clinical_at: datetime | None = None
    entries: Entries = field(default_factory=Entries)
    names: frozenset[tuple[str, UUID]] = frozenset()
    traces: Mapping[str, bytes] = field(default_factory=dict)


def work_out(version: Version, numbers: Mapping[str, tuple[bytes, bytes]], sealer: Sealer) -> WorkedOut:
    """As an upload does; `numbers`: trace and sealed number by place. Raises Unreadable."""
    if version.is_deleted:
        return WorkedOut()
    resource = _restored(version, numbers, sealer)
    try:
        found = entries(resource, lambda identifier: identity.token_suffixes(identifier, sealer))
    except TooMany:
        raise Unreadable("it has more values than a search may look at") from None
    if version.patient_id is None:
        return WorkedOut(entries=found)
    found.tokens.update(marks_of(resource))
    return WorkedOut(
        category_of(resource),
        index.clinical_at(resource),
        found,
        frozenset(directory_rows_named(resource)),
        {value.place: identity.trace(value, sealer) for value, _ in identity.all_values(resource)},
    )


def differing(version: Version, wanted: WorkedOut) -> Iterator[str]:
    """What a version is found by otherwise than its content says, in words; never what it is."""
    stored = version.entries()
    if version.category != wanted.category:
        yield "category"
    if version.clinical_at != wanted.clinical_at:
        yield "clinical time"
    if stored is None:
        yield "dates or amounts, which do not fit together"
        return
    for name in ("tokens", "strings", "dates", "amounts"):
        if getattr(stored, name) != getattr(wanted.entries, name):
            yield name


def keys_of(version: Version, wanted: WorkedOut) -> Iterator[Key]:
    """The keys by which its depositor finds it."""
    for value in wanted.entries.keys:
        if len(value) <= LONGEST_KEY:
            yield version.depositor_id, version.resource_type, value, version.resource_id, version.patient_id


def references_of(version: Version, wanted: WorkedOut) -> Iterator[Reference]:
    """What is noted of the rows of its depositor's directory that it names; of what is shared alone."""
    if wanted.category is not None:
        for name in wanted.names:
            yield *name, version.depositor_id, wanted.category


def _restored(version: Version, numbers: Mapping[str, tuple[bytes, bytes]], sealer: Sealer) -> dict[str, Any]:
    try:
        resource = json_text.parse(version.body)
        says = resource["resourceType"], resource["id"], resource["meta"]["versionId"], resource["meta"]["lastUpdated"]
    except (JsonProblem, KeyError, TypeError):
        raise Unreadable("its content is no resource") from None
    at = clock.written(version.stored_at)
    if says != (version.resource_type, str(version.resource_id), str(version.version), at):
        raise Unreadable("its content says that it is another version")
    try:
        sealed = {place: number for place, (_, number) in numbers.items()}
        identity.put_back(resource, sealed, sealer, resource_id=version.resource_id)
    except SealBroken:
        raise Unreadable("an identity number of it is sealed for another place, or was changed") from None
    except (LookupError, TypeError, ValueError):
        raise Unreadable("it has no place for an identity number that is stored beside it") from None
    return dict(resource)
