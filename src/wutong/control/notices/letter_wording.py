"""What stands around a notice that is printed as a letter."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from wutong.control.pages.dates import day
from wutong.control.pages.languages import offered


@dataclass(frozen=True)
class Frame:
    """What stands around a notice that is printed as a letter."""

    is_chinese: bool
    day: str
    salutation: str
    check: str  # how to see that the letter is ours

    def in_order(self, names: tuple[str, str]) -> tuple[str, str]:
        """English and Chinese names of one thing, the reader's own first."""
        return (names[1], names[0]) if self.is_chinese else names


def around_letter(*, language: str, to: str, on: datetime) -> Frame:
    """The frame of a letter. `to`: the name, then the address, in lines."""
    chosen = offered(language)
    with override(chosen):
        check = _(
            "To see that this letter is from us, sign in to the portal as you always do and open 'Messages': the same "
            "text stands there. This letter was made by computer and bears no signature."
        )
        salutation = _("Dear %(name)s,") % {"name": to.partition("\n")[0]}
        return Frame(chosen.startswith("zh"), day(on), salutation, check)


def page_of(language: str, number: int, total: int) -> str:
    """Which page of a letter it is; nothing where there is one alone."""
    with override(offered(language)):
        return _("Page %(number)s of %(total)s") % {"number": number, "total": total} if total > 1 else ""
