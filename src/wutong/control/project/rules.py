"""Reads who may come to each address of the people plane, from the views themselves."""

from collections.abc import Iterator, Sequence

from django.urls import URLPattern, URLResolver, get_resolver

from wutong.core.routes import Comers, Undeclared, comers_of

Patterns = Sequence[URLPattern | URLResolver]


def rules(patterns: Patterns | None = None) -> dict[str, Comers]:
    """Each address with its rule; raises Undeclared for one that has none."""
    found = {}
    for address, pattern in _addresses(get_resolver().url_patterns if patterns is None else patterns):
        comers = comers_of(pattern.callback)
        if comers is None:
            raise Undeclared(f"/{address}")
        found[address] = comers
    return found


def _addresses(patterns: Patterns, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in patterns:
        address = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield address, each
        else:
            yield from _addresses(each.url_patterns, address)
