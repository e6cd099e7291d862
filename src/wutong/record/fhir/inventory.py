"""GET [base]/Patient/[id]/$inventory: how many items of each data category a record holds; never what they say."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from wutong.core import ids
from wutong.core.answers import Refused
from wutong.record.fhir import answers, requests
from wutong.record.flows.count_record import count_record


async def inventory(request: Request) -> Response:
    """Parameters: each data category with the number of its items."""
    patient_id = ids.read(request.path_params["id"]) or ids.NOBODY
    counted = await count_record(requests.plane(request), requests.token(request), patient_id)
    if isinstance(counted, Refused):
        return answers.refused(counted)
    return answers.tree({"resourceType": "Parameters", "parameter": _parameters(counted)})


def _parameters(counted: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "name": "category",
            "part": [{"name": "code", "valueCode": code}, {"name": "items", "valueUnsignedInt": items}],
        }
        for code, items in counted.items()
    ]
