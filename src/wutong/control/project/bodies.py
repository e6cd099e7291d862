"""Takes a request's body whole before Django sees it: of bounded size, within a bounded time.

Django alone would write any number of bytes to the disk before it counts them, and wait for them for ever.
"""

import asyncio

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1_000_000  # what people type; records go to the record plane
SECONDS = 30.0
# Before anybody knows which language the page would speak: in both.
_LATE = "What you sent did not arrive in time. Send it again.\n你傳送的內容未能及時送達。請再傳送一次。\n"
_LONG = "What you sent is too long. Shorten it, and send it again.\n你傳送的內容過長。請縮短後再傳送。\n"
_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class BoundedBodies:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, *, seconds: float = SECONDS) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        try:
            async with asyncio.timeout(self._seconds):
                body = await _read(receive)
        except TimeoutError:
            return await _say(408, _LATE, scope, receive, send)
        if body is None:
            return await _say(413, _LONG, scope, receive, send)
        return await self._app(scope, _replayed(body, receive), send)


async def _read(receive: Receive) -> Message | None:
    """The body as one message (or the message that the client has gone); None where it is too long."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return message
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            return None
        if not message.get("more_body", False):
            return {"type": "http.request", "body": bytes(body), "more_body": False}


def _replayed(first: Message, receive: Receive) -> Receive:
    waiting = [first]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


async def _say(status: int, sentence: str, scope: Scope, receive: Receive, send: Send) -> None:
    # The rest of the body is not waited for, so nothing more can be understood on this connection.
    headers = {**_HEADERS, "connection": "close"}
    await PlainTextResponse(sentence, status, headers)(scope, receive, send)
