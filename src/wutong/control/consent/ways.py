"""By which way a statement about a consent reached us, and who took it at a provider's desk."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from wutong.control.consent.models import ConsentVersion

Way = ConsentVersion.Way


@dataclass(frozen=True)
class Taken:
    """`by`: the account at the desk; None: nobody, it was said in the portal. The rest is of a signed form alone."""

    way: str = Way.PORTAL
    by: UUID | None = None
    form_reference: str = ""
    signed_on: date | None = None
    desk_of: UUID | None = None  # of a form of joining: the provider, which no consent that ends with it names

    @property
    def is_on_paper(self) -> bool:
        """Whether a signature, and no account, stands for the word."""
        return self.way == Way.FORM

    @property
    def told(self) -> dict[str, str]:
        """As the trail has it; nothing of the portal."""
        if self.by is None:
            return {}
        form = {"form": self.form_reference, "signed": str(self.signed_on)} if self.is_on_paper else {}
        return {"way": self.way, "taken_by": str(self.by), **form}


PORTAL = Taken()
