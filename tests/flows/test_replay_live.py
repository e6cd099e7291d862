"""Whatever a person states in whatever order: the replay of an instant is what the gate answered at that instant."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import psycopg
import pytest
from cast import Cast
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from replays import Story, begin
from role_changes import forgetting

from wutong.control.flows import replay_access as flow
from wutong.core import clock, replay

_START = datetime.fromisoformat("2027-03-01T10:00:00+08:00")
_ITEM, _VISIT = "6f9fd5f1-7a3e-4a3c-8f5c-2b1f0b5f7b11", "0a0c1d52-4a3e-4a3c-8f5c-2b1f0b5f7b12"
_CLOSABLE = (
    "category DX", "category LAB", "label PSY", f"item {_ITEM}", f"episode {_VISIT}", "provider clinic",
    "professional doctor",
)  # fmt: skip
_STEPS = (
    "wait", "year", "always", "withdraw", "role", "link", "unlink", "leave",
    "programme", "whoever", "narrower", "join", "part", "tell", "quit", "rejoin", "afresh",
    *(f"{verb} {what}" for verb in ("close", "open") for what in _CLOSABLE),
)  # fmt: skip
_WAITS = ("minutes", "evening", "midnight", "month", "year")
Steps = list[tuple[str, str]]

pytestmark = pytest.mark.timeout(300)


def _told(cast: Cast, superuser: psycopg.Connection, steps: Steps) -> Story:
    story = begin(cast, superuser, _START)
    for step, wait in steps:
        story.go(step, wait)
    return story


@settings(max_examples=10, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(st.sampled_from(_STEPS), st.sampled_from(_WAITS)), min_size=4, max_size=9))
def test_r58_a_replay_says_what_was_decided(cast: Cast, superuser: psycopg.Connection, steps: Steps) -> None:
    with forgetting(superuser):
        assert _told(cast, superuser, steps).differences() == []


_EVERYTHING = [
    ("year", "minutes"), ("close category LAB", "minutes"), ("open category LAB", "minutes"), ("role", "evening"),
    ("wait", "midnight"), ("link", "minutes"), ("unlink", "minutes"), ("close professional doctor", "minutes"),
    ("open professional doctor", "minutes"), ("close label PSY", "minutes"), ("leave", "minutes"), ("wait", "month"),
    ("withdraw", "minutes"), ("year", "minutes"), ("programme", "minutes"), ("join", "minutes"), ("tell", "minutes"),
    ("wait", "year"), ("wait", "evening"), ("wait", "midnight"),
    ("programme", "minutes"), ("part", "minutes"), ("whoever", "minutes"), ("narrower", "minutes"),
    ("year", "minutes"), ("quit", "minutes"), ("wait", "month"), ("rejoin", "minutes"), ("quit", "evening"),
    ("afresh", "midnight"), ("whoever", "minutes"),
]  # fmt: skip


@pytest.fixture(scope="module")
def story(cast: Cast, superuser: psycopg.Connection) -> Iterator[Story]:
    """One in which each kind of version changes something."""
    with forgetting(superuser):
        yield _told(cast, superuser, _EVERYTHING)


def test_the_long_story_is_replayed_too(story: Story) -> None:
    assert len(story.heard) == len(_EVERYTHING) * len(story.people)
    assert story.differences() == []


def _as_of_now(query: Callable[..., Any]) -> Callable[..., Any]:
    return lambda about, _at, **more: query(about, clock.now(), **more)


def _nobody(*_asked: Any, **_more: Any) -> list[Any]:
    return []


_DEFECTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "the consents of today": lambda patch: patch.setattr(flow, "consents_at", _as_of_now(flow.consents_at)),
    "the closings of today": lambda patch: patch.setattr(flow, "closings_at", _as_of_now(flow.closings_at)),
    "the joining of today": lambda patch: patch.setattr(
        flow, "left_at", lambda about, _at, of=flow.left_at: of(about, None)
    ),
    "the links of today": lambda patch: patch.setattr(flow, "linked_at", _as_of_now(flow.linked_at)),
    "the staff of today": lambda patch: patch.setattr(flow, "staff_at", _as_of_now(flow.staff_at)),
    "the matrix of today": lambda patch: patch.setattr(
        flow, "roles_on", lambda _day, of=flow.roles_on: of(clock.today())
    ),
    "no professional closed to": lambda patch: patch.setattr(flow, "posts_of", _nobody),
    "no end of a consent": lambda patch: patch.setattr(
        flow, "_fact", lambda each: replay.ConsentFacts(each.is_given, None, each.version)
    ),
    "everybody's closings": lambda patch: patch.setattr(replay, "_concerning", lambda then, _caller: then.closings),
}


@pytest.mark.parametrize("defect", _DEFECTS)
def test_a_replay_that_ignores_a_kind_of_version_is_found_out(
    story: Story, defect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _DEFECTS[defect](monkeypatch)
    assert story.differences() != []
