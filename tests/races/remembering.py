"""`wutong serve` that remembers, where a request says what: for the canaries alone, in a process of its own.

Each defect is one that a hurried hand would plant to make answers quicker.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wutong import asgi, cli
from wutong.record.gate.open import Gate

HEADER = "x-remember"
DECISIONS = "decisions"
# What a cache in front of the doors would keep: each an address, or a header, that it knows again.
KEPT: Mapping[str, Callable[[Scope], bool]] = {
    "pages": lambda scope: scope["path"].startswith("/clinic/record/"),
    "exports": lambda scope: scope["path"].endswith("/$everything"),
    "links": lambda scope: any(each in scope["query_string"] for each in (b"_page=", b"_after=")),
    "heads": lambda scope: scope["method"] == "HEAD",
    "unchanged": lambda scope: any(name.startswith(b"if-") for name, _ in scope["headers"]),
    "compressed": lambda scope: (b"accept-encoding", b"gzip") in scope["headers"],
}
_remembered = ""
_decided: dict[str, Any] = {}
_answered: dict[tuple[Any, ...], list[Message]] = {}


def remembering(app: ASGIApp) -> ASGIApp:
    """Answers from memory what it was asked before, where the defect is planted; a header plants another one."""

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        _plant(dict(scope.get("headers", ())).get(HEADER.encode()))
        if scope["type"] != "http" or not KEPT.get(_remembered, lambda _: False)(scope):
            await app(scope, receive, send)
            return
        key = (scope["method"], scope["path"], scope["query_string"])
        if key not in _answered:
            _answered[key] = []
            await app(scope, receive, _keeping(_answered[key], send))
            return
        for message in _answered[key]:
            await send(message)

    return answered


def _plant(defect: bytes | None) -> None:
    global _remembered
    if defect is not None:
        _remembered = defect.decode()
        _decided.clear()
        _answered.clear()


def _keeping(kept: list[Message], send: Send) -> Send:
    async def both(message: Message) -> None:
        kept.append(message)
        await send(message)

    return both


def deciding_once(honest: Any) -> Any:
    """The gate's answers, of which it gives the same one again: a cache of decisions, as the house has none."""

    async def decided(gate: Gate, requests: Sequence[Any]) -> Any:
        if _remembered != DECISIONS:
            return await honest(gate, requests)
        for each in requests:
            if repr(each) not in _decided:
                [_decided[repr(each)]] = await honest(gate, [each])
        return [_decided[repr(each)] for each in requests]

    return decided


if __name__ == "__main__":
    Gate._answer = deciding_once(Gate._answer)  # type: ignore[method-assign]
    honest_app = asgi.create_app
    asgi.create_app = lambda: remembering(honest_app())
    cli.main()
