"""Answers many callers together: whoever asks while a batch is being answered is in the next one.

So the cost of a statement and of a commit is shared by those who wait for it anyway; a lone caller waits for nobody.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Batches(Generic[Question, Answer]):
    """`answer` gives one answer for each question, in order; at most `at_once` batches of `most` are under way.

    Where it raises, each question of the batch is asked by itself, but for what is `hopeless`: then all get that. What
    is `long` is answered beside the batches, so that nobody waits for it.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]],
        *,
        most: int = 64,
        at_once: int = 1,
        hopeless: tuple[type[Exception], ...] = (),
        long: Callable[[Question], bool] = lambda _: False,
    ) -> None:
        self._answer, self._most, self._at_once, self._hopeless, self._long = answer, most, at_once, hopeless, long
        self._waiting: deque[tuple[Question, asyncio.Future[Answer]]] = deque()
        self._running: set[asyncio.Task[None]] = set()

    async def ask(self, question: Question) -> Answer:
        """The answer to one question, or what its batch raised."""
        if self._long(question):
            [answer] = await self._answer([question])
            return answer
        asked: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, asked))
        self._begin()
        return await asked

    def _begin(self) -> None:
        if self._waiting and len(self._running) < self._at_once:
            task = asyncio.create_task(self._next())
            self._running.add(task)
            task.add_done_callback(self._end)

    def _end(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        self._begin()

    async def _next(self) -> None:
        """The longest waiting, and who asked since this was due."""
        await self._run([self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))])

    async def _run(self, batch: Sequence[tuple[Question, "asyncio.Future[Answer]"]]) -> None:
        asked = [each for each in batch if not each[1].done()]  # whoever went away asks nothing any more
        if not asked:
            return
        try:
            answered = list(zip(asked, await self._answer([question for question, _ in asked]), strict=True))
        except Exception as problem:
            await self._apart(asked, problem)
            return
        for (_, waiting), answer in answered:
            if not waiting.done():
                waiting.set_result(answer)

    async def _apart(self, asked: Sequence[tuple[Question, "asyncio.Future[Answer]"]], problem: Exception) -> None:
        """Nobody fails for a neighbour's question."""
        if len(asked) > 1 and not isinstance(problem, self._hopeless):
            for each in asked:
                await self._run([each])
            return
        for _, waiting in asked:
            if not waiting.done():
                waiting.set_exception(problem)
