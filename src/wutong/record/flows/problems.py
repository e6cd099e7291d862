"""What a flow raises when a request cannot be carried out: nothing was changed, and each problem has its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from wutong.core.answers import Problem


@dataclass(frozen=True)
class Fault:
    """One problem: its FHIR issue code, its place, and a sentence that says how to mend it.

    `place`: FHIRPath, or what `in_request` gives. `detail`: what neither can say, such as an operation of a JSON Patch.
    """

    code: str
    place: str
    message: str
    detail: str = ""


class Unacceptable(Problem):
    """The request's content is wrong; `status` is the HTTP status that FHIR gives it, `headers` what goes with that."""

    def __init__(self, faults: Sequence[Fault], *, status: int = 400, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(faults[0].message)
        self.faults = list(faults)
        self.status = status
        self.headers = headers

    def at(self, place: str) -> "Unacceptable":
        """The same, told with another place."""
        return Unacceptable([replace(each, place=place) for each in self.faults], status=self.status)


def several_found(condition: str, place: str = "") -> Unacceptable:
    """What is wrong with a condition that names more than one resource."""
    sentence = f"The condition {condition[:200]} finds several resources. Name one: add a parameter."
    return fault("multiple-matches", sentence, place=place, status=412)


def fault(code: str, message: str, *, place: str = "", status: int = 400, detail: str = "") -> Unacceptable:
    """One problem, ready to raise."""
    return Unacceptable([Fault(code, place, message, detail)], status=status)


def in_request(name: str) -> str:
    """The place of a header or parameter (HL7 FHIR R4, OperationOutcome.issue.location)."""
    return f"http.{name[:64]}"
