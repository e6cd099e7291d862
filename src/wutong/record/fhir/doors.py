"""Which door a request goes to: found by its method and the parts of its path.

Source: HL7 FHIR R4, http page ("service base URL", "resource URL").
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from starlette.exceptions import HTTPException

from wutong.core.routes import Undeclared
from wutong.record.fhir.callers import Door, Rule
from wutong.record.fhir.negotiation import negotiated

Place = tuple[str, str, Door, Rule | None]  # a method, a path such as `/{type}/{id}`, what answers there, who may come


@dataclass(frozen=True)
class _Pattern:
    method: str
    path: str
    parts: tuple[str, ...]
    names: tuple[str, ...]  # of the parts that may be anything; empty where a part must be as it is
    door: Door

    def read(self, parts: list[str]) -> dict[str, str] | None:
        """The named parts, or None where this is another path."""
        found = {}
        for part, name, wanted in zip(parts, self.names, self.parts, strict=True):
            if name and part:
                found[name] = part
            elif part != wanted or name:
                return None
        return found


class Doors:
    """The doors at their addresses, each behind its rule; of two that match, the one that was named first.

    Raises Undeclared for a door that has no rule.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self._patterns: dict[int, list[_Pattern]] = {}
        for method, path, door, rule in places:
            if rule is None:
                raise Undeclared(f"{method} /fhir{path}")
            parts = _parts(path)
            names = tuple(part[1:-1] if part.startswith("{") else "" for part in parts)
            self._patterns.setdefault(len(parts), []).append(
                _Pattern(method, path, tuple(parts), names, negotiated(rule.before(door)))
            )

    @property
    def addresses(self) -> Iterator[tuple[str, str]]:
        """Each method and path."""
        for patterns in self._patterns.values():
            yield from ((each.method, each.path) for each in patterns)

    def find(self, method: str, path: str) -> tuple[Door, dict[str, str]]:
        """The door and what the path names; raises HTTPException (404, or 405 with what is allowed there)."""
        parts = _parts(path)
        wanted = "GET" if method == "HEAD" else method
        allowed = set()
        for pattern in self._patterns.get(len(parts), ()):
            found = pattern.read(parts)
            if found is not None and pattern.method == wanted:
                return pattern.door, found
            if found is not None:
                allowed |= {pattern.method, "HEAD"} if pattern.method == "GET" else {pattern.method}
        if allowed:
            raise HTTPException(405, headers={"allow": ", ".join(sorted(allowed))})
        raise HTTPException(404)


def _parts(path: str) -> list[str]:
    return [] if path == "/" else path.split("/")[1:]
