"""How tests come in by the people's doors: a browser without JavaScript, the worker, and a letter box."""

import asyncio
import email
import email.policy
import html
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
from cast import Somebody
from django.conf import settings

_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_HELD = re.compile(r'<input type="hidden" name="((?!csrf)[a-z_]+)" value="([^"]*)">')
_EVERY_MINUTE = "* * * * *"
_TAG = re.compile(r"<[^>]+>")


class Page:
    """What a browser shows of an answer."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.path = answer.url.path
        self.address = answer.url.raw_path.decode()
        self.was_sent_on = bool(answer.history)
        told = answer.headers.get("content-type", "")
        self.is_html = told.startswith("text/html")
        self.source = answer.text if told.startswith("text/") else ""  # a printed letter is none

    @property
    def text(self) -> str:
        """What can be read, in one line."""
        return " ".join(html.unescape(_TAG.sub(" ", self.source)).split())

    def __contains__(self, words: str) -> bool:
        return words in self.text


class Browser:
    """A signed-in person who follows addresses and fills in forms."""

    def __init__(self, server: str, who: Somebody | None, language: str = "en") -> None:
        """`who`: None for a stranger. `language`: what the browser asks for, and once chose at the switch."""
        self.who = who
        told = {"accept-language": language, "origin": server}  # as browsers do, where a form is sent
        self._http = httpx.Client(base_url=server, headers=told, follow_redirects=True, trust_env=False, timeout=30)
        self._http.cookies.set(settings.LANGUAGE_COOKIE_NAME, language)
        self.entrance = [self.get("/sign-in/")]
        if who:
            self._sign_in(who)

    def _sign_in(self, who: Somebody) -> None:
        self.entrance.append(self.send("/sign-in/", name=who.name, password=""))
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

    def send(self, address: str, /, **fields: str | list[str]) -> Page:
        """Send the form of the page that is open."""
        return self.post(address, **{"csrfmiddlewaretoken": self.token(), **fields})

    def token(self) -> str:
        """What makes a form of the page that is open one of ours."""
        found = _CSRF.search(self.page.source)
        assert found, self.page.text
        return found[1]

    def post(self, address: str, /, **fields: str | list[str]) -> Page:
        """Send just these fields."""
        self.page = Page(self._http.post(address, data=fields))
        return self.page

    def confirm(self, address: str) -> Page:
        """Send the form of the page that is open as it stands, with what it holds."""
        main = self.page.source.partition("<main")[2]
        return self.send(address, **dict(_HELD.findall(main)))

    def fetch(self, address: str, **fields: Any) -> httpx.Response:
        """What an address gives that is no page: sends the form of the page that is open, or just opens the address."""
        if not fields:
            return self._http.get(address)
        return self._http.post(address, data={"csrfmiddlewaretoken": self.token(), **fields})

    def knock(self, method: str, address: str, **fields: str) -> tuple[int, str]:
        """Ask, and go nowhere: the status, and the path that one is sent on to."""
        answer = self._http.request(method, address, data=fields or None, follow_redirects=False)
        return answer.status_code, httpx.URL(answer.headers.get("location", "")).path

    def open_record(self, person_id: Any, **statement: str) -> Page:
        """State why (the patient is here, unless told otherwise) and open the record."""
        self.get(f"/clinic/patient/{person_id}/")
        return self.send(f"/clinic/patient/{person_id}/", **({"common": "here", "reason": ""} | statement))

    def close(self) -> None:
        """Leave."""
        self._http.close()

    # What a failing or forgetful test leaves open would otherwise be told as a failure of whichever test runs then.
    __del__ = close


def run_jobs() -> None:
    """Let a worker do what waits, until nothing is due."""
    from wutong.control.jobs import app

    async def work() -> None:
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

    with _planned_alone(app.periodic_registry.periodic_tasks), ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work()).result()


@contextmanager
def _planned_alone(planned: dict[Any, Any]) -> Iterator[None]:
    """What comes once an hour or a day would come, or not, with the minute in which the tests run: it does not."""
    rare = {key: each for key, each in planned.items() if each.cron != _EVERY_MINUTE}
    for key in rare:
        del planned[key]
    yield
    planned.update(rare)


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
