"""Callers who are answered together: each gets their own answer, and nobody pays for a neighbour's question."""

import asyncio
from collections.abc import Sequence

import pytest
from psycopg import _queries

from wutong.record.gate.batches import Batches
from wutong.record.gate.facts import FACTS


class Answering:
    """Doubles numbers, one batch at a time once it is let; refuses a batch with a 13 in it."""

    def __init__(self) -> None:
        self.let = asyncio.Event()
        self.batches: list[list[int]] = []

    async def __call__(self, questions: Sequence[int]) -> list[int]:
        self.batches.append(list(questions))
        await self.let.wait()
        if 13 in questions:
            raise ValueError("unlucky")
        return [2 * each for each in questions]


def test_whoever_comes_while_one_batch_is_answered_is_in_the_next() -> None:
    async def run() -> None:
        answering = Answering()
        batches = Batches[int, int](answering, most=3, at_once=1)
        asked = [asyncio.create_task(batches.ask(each)) for each in range(6)]
        answering.let.set()
        assert await asyncio.gather(*asked) == [0, 2, 4, 6, 8, 10]
        assert answering.batches == [[0, 1, 2], [3, 4, 5]]

    asyncio.run(run())


def test_a_bad_question_is_its_asker_s_alone() -> None:
    async def run() -> None:
        answering = Answering()
        batches = Batches[int, int](answering, most=9, at_once=1)
        asked = [asyncio.create_task(batches.ask(each)) for each in (1, 13, 5, 13)]
        answering.let.set()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert [answers[0], answers[2]] == [2, 10]
        assert [str(answers[1]), str(answers[3])] == ["unlucky", "unlucky"]
        assert await batches.ask(7) == 14

    asyncio.run(run())


def test_where_nothing_answers_nobody_is_asked_twice() -> None:
    async def run() -> None:
        calls = []

        async def away(questions: Sequence[int]) -> list[int]:
            calls.append(len(questions))
            await asyncio.sleep(0)
            raise ConnectionError

        batches = Batches[int, int](away, most=9, at_once=1, hopeless=(ConnectionError,))
        answers = await asyncio.gather(*(batches.ask(each) for each in range(5)), return_exceptions=True)
        assert [type(each) for each in answers] == [ConnectionError] * 5
        assert sum(calls) == 5

    asyncio.run(run())


def test_whoever_goes_away_is_not_waited_for() -> None:
    async def run() -> None:
        answering = Answering()
        batches = Batches[int, int](answering, most=9, at_once=1)
        first = asyncio.create_task(batches.ask(1))
        while not answering.batches:
            await asyncio.sleep(0)
        gone, last = (asyncio.create_task(batches.ask(each)) for each in (2, 3))
        await asyncio.sleep(0)
        gone.cancel()
        answering.let.set()
        assert [await first, await last] == [2, 6]
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert answering.batches == [[1], [3]]

    asyncio.run(run())


def test_nobody_waits_for_a_long_question() -> None:
    async def run() -> None:
        answering = Answering()
        batches = Batches[int, int](answering, at_once=1, long=lambda question: question > 100)
        asked = [asyncio.create_task(batches.ask(each)) for each in (1, 500, 2)]
        while len(answering.batches) < 2:
            await asyncio.sleep(0)
        assert sorted(answering.batches) == [[1, 2], [500]]
        answering.let.set()
        assert await asyncio.gather(*asked) == [2, 1000, 4]

    asyncio.run(run())


def test_answers_that_do_not_fit_the_questions_keep_nobody_waiting() -> None:
    async def run() -> None:
        async def short(questions: Sequence[int]) -> list[int]:
            await asyncio.sleep(0)
            return [0] * (len(questions) - 1)

        batches = Batches[int, int](short)
        asked = asyncio.gather(*(batches.ask(each) for each in range(2)), return_exceptions=True)
        assert [type(each) for each in await asyncio.wait_for(asked, 5)] == [ValueError] * 2

    asyncio.run(run())


def test_the_driver_keeps_where_the_parameters_of_the_facts_stand() -> None:
    """It does so for statements up to a length; beyond, each batch pays for looking through it again."""
    assert len(FACTS) <= _queries.MAX_CACHED_STATEMENT_LENGTH
