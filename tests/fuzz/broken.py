"""`wutong serve` with three doors that must not be: for the canary alone, in a process of its own."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from wutong import cli
from wutong.record.fhir import interactions
from wutong.record.fhir.callers import ANYBODY
from wutong.record.fhir.interactions import Interaction, Level

_kept: list[bytes] = []


async def _fails(_: Request) -> Response:
    raise RuntimeError("the canary")


async def _sleeps(_: Request) -> Response:
    await asyncio.sleep(1.2)
    return Response()


async def _eats(_: Request) -> Response:
    _kept.append(b"x" * 240 * 1024 * 1024)
    return Response()


_PLANTED = {"/Basic": _fails, "/Flag": _sleeps, "/List": _eats}

if __name__ == "__main__":
    planted = [Interaction(Level.TYPE, ("read",), "GET", path, door, ANYBODY) for path, door in _PLANTED.items()]
    interactions.TABLE = (*planted, *interactions.TABLE)
    cli.main()
