"""Static files on the wire: compressed, kept by browsers, never stale."""

import gzip
import re

import httpx
import pytest

from wutong.control.pages.files import FOLDER

_MOST_BYTES = 18_000  # of styles on the wire; a page on a slow line waits for them


@pytest.fixture
def style_address(server: str) -> str:
    """The style sheet's address, as a page gives it."""
    page = httpx.get(f"{server}/sign-in/", trust_env=False).text
    found = re.search(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert found
    return server + found[1]


def _ask(address: str, encoding: str = "gzip") -> tuple[httpx.Response, bytes]:
    """An answer, and the bytes that came over the wire."""
    with (
        httpx.Client(trust_env=False) as client,
        client.stream("GET", address, headers={"accept-encoding": encoding}) as answer,
    ):
        return answer, b"".join(answer.iter_raw())


def test_styles_come_compressed_to_who_can_read_that(style_address: str) -> None:
    whole = (FOLDER / "wutong/wutong.css").read_bytes()
    small, received = _ask(style_address)
    assert small.headers["content-encoding"] == "gzip"
    assert len(received) < _MOST_BYTES
    assert gzip.decompress(received) == whole
    plain, received = _ask(style_address, "identity")
    assert "content-encoding" not in plain.headers
    assert received == whole
    assert {small.headers["vary"], plain.headers["vary"]} == {"Accept-Encoding"}


def test_what_carries_its_hash_is_kept_for_good_and_nothing_else_is(style_address: str, server: str) -> None:
    kept, _ = _ask(style_address)
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    older = re.sub(r"\.[0-9a-f]{12}\.", ".0123456789ab.", style_address)
    for address in (older, f"{server}/static/wutong/wutong.css"):
        answer, _ = _ask(address)
        assert answer.status_code == 200  # a page of the release before still gets its styles
        assert answer.headers["cache-control"] == "no-cache"


def test_what_is_not_there_is_not_found(server: str) -> None:
    for path in ("wutong/nothing.css", "wutong/nothing.0123456789ab.css", "../jinja.py", "..%2fjinja.py"):
        assert _ask(f"{server}/static/{path}")[0].status_code == 404
