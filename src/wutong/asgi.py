"""Mounts both planes on one port: `/fhir` is the record plane, `/static` the styles, the rest the people plane.

`WUTONG_PLANE` (record, control or empty for both) lets each grow by itself behind a load balancer.
"""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import cast

import django
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from wutong.core import env


def create_app() -> Starlette:
    """The whole platform, or the one plane that the settings name."""
    plane = env.read(env.PLANE, env.plane)
    routes: list[BaseRoute] = []
    record = _record() if plane != "control" else None
    if record:
        routes.append(Mount("/fhir", record))
    if plane != "record":
        routes += [Mount("/static", _static()), Mount("/", _control())]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if record:
                await stack.enter_async_context(record.router.lifespan_context(record))
            yield

    return Starlette(routes=routes, lifespan=lifespan, middleware=[Middleware(_BaseWithoutSlash)])


class _BaseWithoutSlash:
    """FHIR clients post transactions to [base] as it is named, without a slash at the end; the mount wants one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/fhir":
            scope = {**scope, "path": "/fhir/", "raw_path": b"/fhir/"}
        await self._app(scope, receive, send)


def _record() -> Starlette:
    from wutong.record.app import create_app as create_record

    return create_record()


def _control() -> ASGIApp:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wutong.control.project.settings")
    django.setup(set_prefix=False)
    from django.core.handlers.asgi import ASGIHandler

    from wutong.control.project.bodies import BoundedBodies

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
