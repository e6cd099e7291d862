"""Two answers that should have been the same, told so that somebody can read it and ask again."""

from dataclasses import dataclass

from wutong.proving.asking import Asked
from wutong.proving.platform import Told
from wutong.proving.questions.question import Question

ROUND = 500  # cases that share a world: what one of them asks may rest on what those before it left
_AROUND = 160  # bytes of each side around the first one that differs


@dataclass(frozen=True)
class Difference:
    """Of one case."""

    seed: int
    case: int
    question: Question
    one: Asked
    other: Asked

    @property
    def sentences(self) -> list[str]:
        """The request, the first answer that differs, and how to ask it again."""
        place = self.case % ROUND
        again = f"wutong prove-no-leaks --seed {self.seed} --from {self.case - place} --cases {place + 1}"
        return [f"case {self.case}: {self.question}", *self._first(), f"again: {again}"]

    def _first(self) -> list[str]:
        pairs = zip(self.one.paths, self.one.answers, self.other.answers, strict=False)
        for number, (path, here, there) in enumerate(pairs):
            if here != there:
                return [f"answer {number + 1}, to {path}:", *_told_apart(here, there)]
        if self.one.is_broken:
            return [f"both answer {[each.status for each in self.one.answers]}: what is broken proves nothing"]
        return [f"{len(self.one.answers)} answers in the one world, {len(self.other.answers)} in the other"]


def _told_apart(here: Told, there: Told) -> list[str]:
    if here.status != there.status:
        return [f"status {here.status}, and {there.status}", *_bodies(here, there)]
    headers = [
        f"header {one}, and {other}" for one, other in zip(here.headers, there.headers, strict=False) if one != other
    ]
    return headers + _bodies(here, there)


def _bodies(here: Told, there: Told) -> list[str]:
    if here.body == there.body:
        return []
    longest = min(len(here.body), len(there.body))
    place = next((i for i in range(longest) if here.body[i] != there.body[i]), longest)
    begin = max(0, place - _AROUND // 2)
    cut = [each.body[begin : begin + _AROUND].decode(errors="replace") for each in (here, there)]
    return [f"body from byte {begin} of {len(here.body)} and {len(there.body)}:", f"  {cut[0]!r}", f"  {cut[1]!r}"]
