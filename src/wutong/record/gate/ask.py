"""What is asked of the gate."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from wutong.core.access import Act
from wutong.core.events import Event
from wutong.record.gate.facts import Target


@dataclass(frozen=True)
class Statement:
    """What a professional states before a record opens (R-02): why; and, where the record shows no care, the reason.

    In an emergency only the purpose: the rest was stated when it was granted.
    """

    purpose: str
    reason: str = ""


@dataclass(frozen=True)
class Ask:
    """One question to the gate; `also`: categories that are welcome beside those it is about, where they are open.

    `but_not`: persons in whose records a directory's row was looked for already, and is named by nothing that is open.
    """

    act: Act
    event: Event
    target: Target = field(default_factory=Target)
    categories: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()
    statement: Statement | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    but_not: frozenset[UUID] = frozenset()
