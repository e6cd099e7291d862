"""Identifiers are made by the application, never by the database (rule 5 of the scale rules)."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from uuid import UUID, uuid4

NOBODY = UUID(int=0)

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


_source: Callable[[], UUID] = uuid4


def new() -> UUID:
    """A fresh random UUID."""
    return _source()


@contextmanager
def made_by(source: Callable[[], UUID]) -> Iterator[None]:
    """The leak prover only: the ids of this process come from `source` inside the block, so that they come again."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before


def read(text: str) -> UUID | None:
    """`text` as a UUID in FHIR's own lower-case spelling, or None: an id written otherwise names nothing here."""
    return _read(text) if _UUID.fullmatch(text) else None


_read = lru_cache(maxsize=4096)(UUID)  # nearly all that an upload names is the same patient and a few of its staff


def ehr_number() -> str:
    """Twelve random digits, not beginning with 0 (domain dossier 3.4: string(12))."""
    return str(secrets.randbelow(9 * 10**11) + 10**11)
