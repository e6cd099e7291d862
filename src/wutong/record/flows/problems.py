"""What a flow raises when a request cannot be carried out: nothing was changed, and each problem has its place."""

from collections.abc import Sequence
from dataclasses import dataclass

from wutong.core.answers import Problem


@dataclass(frozen=True)
class Fault:
    """One problem: its FHIR issue code, its place (FHIRPath), and a sentence that says how to mend it."""

    code: str
    place: str
    message: str


class Unacceptable(Problem):
    """The request's content is wrong; `status` is the HTTP status that FHIR gives it."""

    def __init__(self, faults: Sequence[Fault], *, status: int = 400) -> None:
        super().__init__(faults[0].message)
        self.faults = list(faults)
        self.status = status


def fault(code: str, message: str, *, place: str = "", status: int = 400) -> Unacceptable:
    """One problem, ready to raise."""
    return Unacceptable([Fault(code, place, message)], status=status)
