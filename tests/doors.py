"""How tests come in by the people's doors: a browser without JavaScript, the worker, and a letter box."""

import asyncio
import email
import email.policy
import html
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psycopg
from cast import Somebody

_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_TAG = re.compile(r"<[^>]+>")


class Page:
    """What a browser shows of an answer."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.path = answer.url.path
        self.source = answer.text

    @property
    def text(self) -> str:
        """What can be read, in one line."""
        return " ".join(html.unescape(_TAG.sub(" ", self.source)).split())

    def __contains__(self, words: str) -> bool:
        return words in self.text


class Browser:
    """A signed-in person who follows addresses and fills in forms."""

    def __init__(self, server: str, who: Somebody, language: str = "en") -> None:
        self.who = who
        told = {"accept-language": language}
        self._http = httpx.Client(base_url=server, headers=told, follow_redirects=True, trust_env=False, timeout=30)
        self.entrance = [self.get("/sign-in/"), self.send("/sign-in/", name=who.name, password="")]
        self.entrance.append(self.send("/sign-in/", name=who.name, password=who.password))
        self.send("/sign-in/code/", code=who.code())
        assert not self.page.path.startswith("/sign-in"), self.page.text

    def get(self, address: str) -> Page:
        """Open an address."""
        self.page = Page(self._http.get(address))
        return self.page

    @property
    def cookies(self) -> dict[str, str]:
        """What the browser keeps of the session."""
        return dict(self._http.cookies)

    def fetch(self, address: str) -> httpx.Response:
        """The answer as it comes, of what is no page."""
        return self._http.get(address)

    def send(self, address: str, **fields: str) -> Page:
        """Send the form of the page that is open."""
        token = _CSRF.search(self.page.source)
        assert token, self.page.text
        self.page = Page(self._http.post(address, data={"csrfmiddlewaretoken": token[1], **fields}))
        return self.page

    def open_record(self, person_id: Any, **statement: str) -> Page:
        """State why (attendance, unless told otherwise) and open the record."""
        self.get(f"/clinic/patient/{person_id}/")
        return self.send(f"/clinic/patient/{person_id}/", **({"ground": "attendance", "reason": ""} | statement))

    def close(self) -> None:
        """Leave."""
        self._http.close()


def run_jobs() -> None:
    """Let a worker do what waits, until nothing is due."""
    from wutong.control.jobs import app

    async def work() -> None:
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work()).result()


def bring_forward() -> list[int]:
    """Make what waits for its next attempt due now, as time would; the attempts so far."""
    due = "update procrastinate_jobs set scheduled_at = now() where status = 'todo' returning attempts"
    with psycopg.connect(os.environ["WUTONG_JOBS_DSN"]) as connection:
        return [row[0] for row in connection.execute(due)]


def mail_to(folder: Path, address: str) -> list[Any]:
    """Messages that the mail sink took for an address, oldest first."""
    read = (
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(folder.glob("*.eml"))
    )
    return [message for message in read if address in message["to"]]
