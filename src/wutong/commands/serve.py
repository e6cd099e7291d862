"""`wutong serve` and `wutong worker`: the web server, and the worker it looks after."""

import argparse
import asyncio
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence

import uvicorn
import uvloop

from wutong.commands import ending, start
from wutong.commands.connection import BoundedConnection
from wutong.commands.ending import Stopped
from wutong.core import env
from wutong.core.answers import Problem
from wutong.embedded.parent import die_with_parent

Job = Callable[[], Awaitable[None]]
_SLOWEST_RESTART = 30.0
_OBJECTS_BETWEEN = 5_000  # with more, what is young no longer fits into the cache


class ServeProblem(Problem):
    """The web server ended without being asked to."""


def run(asked: argparse.Namespace) -> None:
    """Serve until told to stop."""
    ending.heed_signals()
    if asked.plane:
        os.environ[env.PLANE.name] = asked.plane
    start.refuse_unsafe()
    with_worker = not asked.without_worker and asked.plane != "record"
    uvloop.run(serve(asked.host, asked.port, jobs=[keep_worker] if with_worker else []))


def run_worker(_: argparse.Namespace) -> None:
    """Work off jobs until told to stop (or until the server that started this worker is gone)."""
    if server := os.environ.get("WUTONG_SUPERVISED"):
        die_with_parent(signal.SIGTERM, parent=int(server))
    start.refuse_unsafe()
    start.set_up_django()
    from wutong.control import jobs

    jobs.run_worker()
    if not server:
        ending.say("the worker was told to stop, and has.")


async def serve(host: str, port: int, *, jobs: Sequence[Job] = (), when_ready: Job | None = None) -> None:
    """Serve both planes in this process until a signal (then raises Stopped) or until one of `jobs` fails.

    `jobs` run beside it; `when_ready` begins once the first request can be answered.
    """
    server = make_server(host, port)
    _collect_seldom()
    with _signals_end(server) as received:
        running = [_beside(server, job()) for job in jobs]
        if when_ready:
            running.append(_beside(server, _once_started(server, when_ready)))
        try:
            await server.serve()
        except SystemExit as refused:
            raise ServeProblem("The web server could not start; its reason is above.") from refused
        finally:
            for job in running:
                job.cancel()
            ended = await asyncio.gather(*running, return_exceptions=True)
    if received:
        raise Stopped(received[0])
    for problem in ended:
        if isinstance(problem, Exception):
            raise problem
    raise ServeProblem("The web server ended without being asked to; what it said is above.")


def _collect_seldom() -> None:
    """A request makes and drops thousands of objects, hardly ever in rings: what Python looks for after each 700.

    A tenth of the processor time of an upload went there. What is loaded by now is not looked through at all.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN, 20, 20)


class _Server(uvicorn.Server):
    """uvicorn's, but the signals are ours: its own way ends the process before the worker is told."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def make_server(host: str, port: int) -> uvicorn.Server:
    """The web server for what the settings name, not running yet."""
    from wutong.asgi import create_app

    config = uvicorn.Config(
        create_app(),
        host=host,
        port=port,
        http=BoundedConnection,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=5,
    )
    return _Server(config)


@contextlib.contextmanager
def _signals_end(server: uvicorn.Server) -> Iterator[list[signal.Signals]]:
    """What was received; the first ends the server in peace, a second Ctrl-C at once."""
    received: list[signal.Signals] = []

    def end(number: signal.Signals) -> None:
        if not received:
            ending.answer(number)
        server.force_exit = bool(received) and number is signal.SIGINT
        received.append(number)
        server.should_exit = True

    loop = asyncio.get_running_loop()
    numbers = ending.heard()
    before = [signal.getsignal(each) for each in numbers]
    for each in numbers:
        loop.add_signal_handler(each, end, each)
    try:
        yield received
    finally:
        for each, handler in zip(numbers, before, strict=True):
            loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_IGN if received and each is not signal.SIGINT else handler)


def _beside(server: uvicorn.Server, work: Awaitable[None]) -> "asyncio.Task[None]":
    """Run `work` beside the server, and end the server if it fails."""

    async def run() -> None:
        try:
            await work
        except Exception:
            server.should_exit = True
            raise

    return asyncio.create_task(run())


async def _once_started(server: uvicorn.Server, when_ready: Job) -> None:
    while not server.started:
        await asyncio.sleep(0.02)
    await when_ready()


async def keep_worker() -> None:
    """One worker, started again when it ends, each time a little later."""
    pause = 1.0
    while True:
        began = asyncio.get_running_loop().time()
        how = await _work_once()
        lasted = asyncio.get_running_loop().time() - began
        pause = 1.0 if lasted > _SLOWEST_RESTART else min(pause * 2, _SLOWEST_RESTART)
        ending.say(f"the worker {how}; starting it again in {pause:.0f} s.")
        await asyncio.sleep(pause)


async def _work_once() -> str:
    """How the worker ended; cancelled, it ends the worker."""
    words = [sys.executable, "-m", "wutong", "worker"]
    environment = {**os.environ, "WUTONG_SUPERVISED": str(os.getpid())}
    try:
        # A session of its own: Ctrl-C at the terminal is the server's to hear.
        worker = await asyncio.create_subprocess_exec(*words, env=environment, start_new_session=True)
    except OSError as refused:
        return f"could not be started ({refused.strerror})"
    try:
        return f"ended (exit code {await worker.wait()})"
    finally:
        with contextlib.suppress(ProcessLookupError):
            worker.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(worker.wait(), 10)
