"""POST [base]: a Bundle of type `transaction`, all of which is kept, or nothing; or of type `batch` (batch.py)."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wutong.core.answers import Refused
from wutong.record.fhir import answers, batch, entries, repeats, requests, writes
from wutong.record.fhir.entries import Reading
from wutong.record.fhir.requests import Returns
from wutong.record.flows.changes import Change
from wutong.record.flows.plane import Plane
from wutong.record.flows.receive_bundle import Manner


async def transaction(request: Request) -> Response:
    """A Bundle of type `transaction-response` or `batch-response`, with an answer for each entry, in their order."""
    wanted = requests.returns(request, Returns.MINIMAL)
    bundle, once = await repeats.read(request, wanted)
    listed, asked = await asyncio.to_thread(_read, bundle, requests.plane(request))
    if asked is None:
        return await batch.batch(request, listed)
    readings = [each for each in asked if isinstance(each, Reading)]
    batch.refuse_odd(request, readings)
    shown = list[dict[str, Any]]()

    async def reads(plane: Plane) -> None:
        shown[:] = await batch.readings(request, readings, plane)

    manner = Manner(once, needs_bodies=wanted is Returns.REPRESENTATION, reads=reads if readings else None)
    changes = [each for each in asked if isinstance(each, Change)]
    # Each that reads asks by itself; a transaction of nothing asks whether its sender may write.
    kept = await writes.carry_out(request, changes, manner) if changes or not readings else []
    if isinstance(kept, Refused):
        return answers.refused(kept)
    if readings and not shown:  # there is nothing to write, or it was written when this was sent before
        shown = await batch.readings(request, readings, requests.plane(request), is_done=bool(changes))
    written, read = iter(kept), iter(shown)
    answered = [next(read) if isinstance(each, Reading) else writes.entry(next(written), wanted) for each in asked]
    return answers.bundle("transaction-response", answered)


def _read(bundle: dict[str, Any], plane: Plane) -> tuple[list[Any], list[Change | Reading] | None]:
    """The entries, and what those of a transaction ask for; raises Unacceptable."""
    listed = entries.outer(bundle)
    return listed, None if bundle["type"] == "batch" else entries.read(listed, plane)
