"""Asks a question with all that follows from it: each page of the answer, and each link of a page that it names."""

import gzip
import html
import json
import re
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlsplit

from wutong.proving.filling import numbered_ids
from wutong.proving.masks import masked
from wutong.proving.platform import Platform, Told
from wutong.proving.questions.question import Question

MOST_PAGES = 6
_LINK = re.compile(rb'<a [^>]*href="(/[^"#]*)')
_LEAVES = ("/sign-out", "/language", "/static", "/components")


@dataclass
class Asked:
    """The answers to one question, and the paths that were asked for."""

    answers: list[Told] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def is_broken(self) -> bool:
        """Whether the platform could not answer: what is broken in both worlds alike proves nothing."""
        return any(each.status >= 500 for each in self.answers)


def ask(platform: Platform, question: Question, seed: str) -> Asked:
    """As the caller would; what gets an id meanwhile gets the same in both worlds."""
    asked = Asked()
    with numbered_ids(Random(seed)):
        told = _sent(platform, question, question.path, asked, is_first=True)
        follow = _next_page if question.is_of_a_client else _next_step
        for number in range(MOST_PAGES if question.is_of_a_client else len(question.steps)):
            if path := follow(told, question, number):
                told = _sent(platform, question, path, asked)
    return asked


def _sent(platform: Platform, question: Question, path: str, asked: Asked, *, is_first: bool = False) -> Told:
    method, body = (question.method, question.body.encode()) if is_first else ("GET", b"")
    told = platform.ask(method, path, headers=question.headers, body=body)
    asked.answers.append(masked(told))
    asked.paths.append(path)
    return told


def _next_page(told: Told, question: Question, _: int) -> str:
    """The path of the link `next`: each world is asked for its own."""
    if question.method == "HEAD" or "json" not in told.header("content-type"):
        return ""
    body = gzip.decompress(told.body) if told.header("content-encoding") == "gzip" else told.body
    if b'"next"' not in body:
        return ""
    links = json.loads(body).get("link", [])
    found = next((each["url"] for each in links if each.get("relation") == "next"), "")
    parts = urlsplit(found)
    return f"{parts.path}?{parts.query}" if found else ""


def _next_step(told: Told, question: Question, number: int) -> str:
    """Where one is sent on to, or a link of the page."""
    if told.status in {301, 302, 303}:
        return urlsplit(told.header("location")).path
    links = [html.unescape(each.decode()) for each in _LINK.findall(told.body.partition(b"<main")[2])]
    links = [each for each in links if not each.startswith(_LEAVES)]
    return links[question.steps[number] % len(links)] if links else ""
