"""Mounts both planes on one port: `/fhir` is the record plane, `/static` the styles, the rest the people plane.

`WUTONG_PLANE` (record, control or empty for both) lets each grow by itself behind a load balancer.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

import django
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from wutong.core import env

if TYPE_CHECKING:
    from wutong.record.app import RecordPlane


_FHIR = "/fhir"


def create_app() -> ASGIApp:
    """The whole platform, or the one plane that the settings name."""
    plane = env.read(env.PLANE, env.plane)
    if plane == "control":
        return Starlette(routes=_pages())
    record = _record()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with record.run():
            yield

    others = Starlette(routes=[] if plane == "record" else _pages(), lifespan=lifespan)

    async def platform(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and (path == _FHIR or path.startswith(f"{_FHIR}/")):
            await record({**scope, "root_path": _FHIR}, receive, send)
        else:
            await others(scope, receive, send)

    return platform


def _pages() -> list[BaseRoute]:
    return [Mount("/static", _static()), Mount("/", _control())]


def _record() -> "RecordPlane":
    from wutong.record.app import create_app as create_record

    return create_record()


def _control() -> ASGIApp:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wutong.control.project.settings")
    django.setup(set_prefix=False)
    from django.core.handlers.asgi import ASGIHandler

    from wutong.control.project.bodies import BoundedBodies
    from wutong.control.project.rules import rules

    rules()  # raises for an address without one
    handler = BoundedBodies(cast("ASGIApp", ASGIHandler()))

    async def without_mount(scope: Scope, receive: Receive, send: Send) -> None:
        # Starlette's Mount says "/" is a prefix; Django would put it before every address it makes.
        await handler({**scope, "root_path": ""}, receive, send)

    return without_mount


def _static() -> ASGIApp:
    from wutong.control.pages import files

    class Kept(StaticFiles):
        """Kept for good where the address carries the content's hash, else asked about each time."""

        async def get_response(self, path: str, scope: Scope) -> Response:
            name, is_hashed = files.named(path)
            response = await super().get_response(name, scope)
            kept = "public, max-age=31536000, immutable" if is_hashed else "no-cache"
            response.headers.update({"cache-control": kept, "x-content-type-options": "nosniff"})
            return response

    # These bytes are the same for everybody, so compressing them tells nobody anything; pages are another matter.
    return GZipMiddleware(Kept(directory=files.FOLDER))
