"""`wutong serve` and `wutong worker`: the web server, and the worker it looks after."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable

import uvicorn

from wutong.commands import start
from wutong.core import env
from wutong.embedded.parent import die_with_parent

Ready = Callable[[], Awaitable[None]]
_SLOWEST_RESTART = 30.0


def run(asked: argparse.Namespace) -> None:
    """Serve until told to stop."""
    if asked.plane:
        os.environ[env.PLANE.name] = asked.plane
    start.refuse_unsafe()
    with_worker = not asked.without_worker and asked.plane != "record"
    asyncio.run(serve(asked.host, asked.port, with_worker=with_worker))


def run_worker(_: argparse.Namespace) -> None:
    """Work off jobs until told to stop (or until the server that started this worker is gone)."""
    if os.environ.get("WUTONG_SUPERVISED"):
        die_with_parent(signal.SIGTERM)
    start.refuse_unsafe()
    start.set_up_django()
    from wutong.control import jobs

    jobs.run_worker()


async def serve(host: str, port: int, *, with_worker: bool, when_ready: Ready | None = None) -> None:
    """Serve both planes in this process; `when_ready` runs once the first request can be answered."""
    from wutong.asgi import create_app

    config = uvicorn.Config(
        create_app(),
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=16_384,
    )
    server = uvicorn.Server(config)
    jobs = [asyncio.create_task(_keep_worker())] if with_worker else []
    if when_ready:
        jobs.append(asyncio.create_task(_tell(server, when_ready)))
    try:
        await server.serve()
    finally:
        for job in jobs:
            job.cancel()
        ended = await asyncio.gather(*jobs, return_exceptions=True)
    for problem in ended:
        if isinstance(problem, Exception):
            raise problem


async def _tell(server: uvicorn.Server, when_ready: Ready) -> None:
    while not server.started:
        await asyncio.sleep(0.02)
    try:
        await when_ready()
    except Exception:
        server.should_exit = True
        raise


async def _keep_worker() -> None:
    """One worker, started again when it ends, each time a little later."""
    pause = 1.0
    while True:
        began = asyncio.get_running_loop().time()
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "wutong", "worker", env={**os.environ, "WUTONG_SUPERVISED": "1"}
        )
        try:
            await worker.wait()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                worker.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(worker.wait(), 10)
            raise
        lasted = asyncio.get_running_loop().time() - began
        pause = 1.0 if lasted > _SLOWEST_RESTART else min(pause * 2, _SLOWEST_RESTART)
        print(f"wutong: the worker ended; starting it again in {pause:.0f} s.", file=sys.stderr)
        await asyncio.sleep(pause)
