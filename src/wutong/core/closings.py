"""What a person keeps to themselves: a closing takes rows out of what professionals are shown.

The rows are taken out where they are read, by the database: each row carries a mark for each of its labels and for each
episode that it belongs to, and a ticket carries the marks that are closed (docs/decisions/0037).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wutong.core import ids
from wutong.core.labels import labels_of

MARK = "~"  # begins no name of a search parameter: marks stand among the entries of a row, and are none to search by
_EPISODES = frozenset({"Encounter", "EpisodeOfCare"})


@dataclass(frozen=True)
class Closed:
    """What of a person's record is closed to one caller, by the person's own word.

    `parts`: labels, and the ids of single items and of episodes, as text.
    """

    categories: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    to_provider: bool = False
    to_professional: bool = False


NOTHING = Closed()


def closed_of(lines: Iterable[tuple[str, str]]) -> Closed:
    """From the closings in force that concern one caller, each its kind and value (gate.closed_v1)."""
    by_kind: dict[str, set[str]] = {}
    for kind, value in lines:
        by_kind.setdefault(kind, set()).add(value)
    if not by_kind:
        return NOTHING
    parts = by_kind.keys() - {"category", "provider", "professional"}
    return Closed(
        categories=frozenset(by_kind.get("category", ())),
        parts=frozenset().union(*(by_kind[kind] for kind in parts)),
        to_provider="provider" in by_kind,
        to_professional="professional" in by_kind,
    )


def marked(parts: Iterable[str]) -> list[str]:
    """The marks of what is closed, as a ticket carries them."""
    return [f"{MARK}{part}" for part in sorted(parts)]


def marks_of(resource: Mapping[str, Any]) -> set[str]:
    """The marks of a resource, with what it contains: its labels, and the episodes that it belongs to."""
    objects = list(_objects(resource))
    episodes = filter(None, (_episode(each.get("reference")) for each in objects))
    return {f"{MARK}{part}" for part in (*labels_of(iter(objects)), *map(str, episodes))}


def episodes_of(resource: Mapping[str, Any]) -> list[tuple[str, UUID]]:
    """The visits and stays that a resource names, each once: its type and id."""
    named = (each.get("reference") for each in _objects(resource))
    found = [(str(text).partition("/")[0], known) for text in named if (known := _episode(text))]
    return list(dict.fromkeys(found))


def _episode(text: Any) -> UUID | None:
    if not isinstance(text, str):
        return None
    kind, _, rest = text.partition("/")
    return ids.read(rest.partition("/_history/")[0]) if kind in _EPISODES else None


def _objects(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The objects of a resource; no recursion, so that no depth can break it."""
    waiting: list[Any] = [resource]
    while waiting:
        value = waiting.pop()
        if type(value) is dict:
            yield value
            waiting.extend(each for each in value.values() if type(each) in (dict, list))
        elif type(value) is list:
            waiting.extend(each for each in value if type(each) in (dict, list))
