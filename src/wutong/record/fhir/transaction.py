"""POST [base]: a Bundle of type `transaction`, all of which is kept, or nothing; or of type `batch` (batch.py)."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from wutong.core.answers import Refused
from wutong.record.fhir import answers, batch, entries, repeats, requests, writes
from wutong.record.fhir.entries import Reading
from wutong.record.fhir.requests import Returns
from wutong.record.flows.changes import Change
from wutong.record.flows.receive_bundle import receive_bundle


async def transaction(request: Request) -> Response:
    """A Bundle of type `transaction-response` or `batch-response`, with an answer for each entry, in their order."""
    wanted = requests.returns(request, Returns.MINIMAL)
    bundle, once = await repeats.read(request, wanted)
    listed = await asyncio.to_thread(entries.outer, bundle)
    if bundle["type"] == "batch":
        return await batch.batch(request, listed)
    asked = await asyncio.to_thread(entries.read, listed, requests.plane(request).store.sealer)
    readings = [each for each in asked if isinstance(each, Reading)]
    batch.refuse_odd(request, readings)
    changes = [each for each in asked if isinstance(each, Change)]
    kept = await receive_bundle(requests.plane(request), requests.token(request), changes, once) if changes else []
    if isinstance(kept, Refused):
        return answers.refused(kept)
    written, shown = iter(kept), iter(await batch.readings(request, readings))
    answered = [next(shown) if isinstance(each, Reading) else writes.entry(next(written), wanted) for each in asked]
    return answers.tree({"resourceType": "Bundle", "type": "transaction-response", "entry": answered})
