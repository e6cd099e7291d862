"""Who may come to a door of the record plane: each declares its rule (wutong.record.fhir.interactions)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response

from wutong.core.access import Act
from wutong.core.events import Event
from wutong.record.fhir import answers, requests
from wutong.record.gate.open import Ask, turned_away

Door = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Rule:
    """Whom the gate lets do `act`; where that is None, whoever has a live token, or (without an `event`) anybody.

    `event`: the door reads a body; of a caller without a live token it is not even read, and the refusal is entered so.
    """

    act: Act | None = None
    event: Event | None = None

    def before(self, door: Door) -> Door:
        """The door, behind its rule as far as that stands before the door; the gate stands within."""
        return _known_caller(door, self.act or Act.WRITE, self.event) if self.event else door


ANYBODY = Rule()


def _known_caller(door: Door, act: Act, event: Event) -> Door:
    """`door` for callers with a live token alone; others get the refusal of `act`, audited as `event`."""

    @wraps(door)
    async def guarded(request: Request) -> Response:
        stranger = await turned_away(requests.plane(request).gate, requests.token(request), Ask(act, event))
        return answers.refused(stranger) if stranger else await door(request)

    return guarded
