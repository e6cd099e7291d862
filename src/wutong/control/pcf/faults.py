"""What is wrong with a request, and the one error by which reading it ends."""

from dataclasses import dataclass

from wutong.core.answers import Problem


@dataclass(frozen=True)
class Fault:
    """A code of FHIR's IssueType, where (FHIRPath, or `http.` and a parameter or header), and how to mend it."""

    code: str
    place: str
    message: str


class Unfit(Problem):
    """The request cannot be carried out as it is."""

    def __init__(self, *faults: Fault, status: int = 422) -> None:
        super().__init__(faults[0].message)
        self.faults, self.status = faults, status


def unfit(code: str, place: str, message: str, *, status: int = 422) -> Unfit:
    """With one fault."""
    return Unfit(Fault(code, place, message), status=status)
