"""What stands between an authorisation by one-time code and the clinic's templates."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from wutong.control.authorisation.words import KINDS
from wutong.control.pages.names import named
from wutong.control.receipts.mends import mend
from wutong.core.answers import Reason
from wutong.core.categories import CATEGORY_NAMES


def kinds() -> list[dict[str, str]]:
    """What it is needed for, as choices."""
    return [{"value": code, "text": _(text)} for code, text in KINDS.items()]


def categories(restricted: Collection[str]) -> list[dict[str, str]]:
    """The parts that can be asked for, as choices."""
    return [{"value": code, "text": named(*names)} for code, names in CATEGORY_NAMES.items() if code in restricted]


def names_of(codes: Iterable[str]) -> list[str]:
    """Names of parts, in the order of the page."""
    wanted = set(codes)
    return [named(*names) for code, names in CATEGORY_NAMES.items() if code in wanted]


def why_not_asked(reason: str) -> str:
    """Why nobody was sent a code, and what to do."""
    if reason == Reason.CATEGORY_CLOSED:
        return _("Choose from the parts that are listed: others are not restricted for you now")
    return mend(reason)
