"""A queued notice goes out by its channel. Page: docs/flows/send_notice.md."""

from uuid import UUID

from wutong.control.authorisation.codes import live_code
from wutong.control.notices import actions


def send_notice(person_id: UUID, notice_id: UUID, *, attempts: int = 1, is_last: bool = False) -> None:
    """Send it, once; raises NotTaken where the worker is to try again later, and gives it up where that is no use.

    `attempts`: with this one; `is_last`: this is the last of them.
    """
    actions.send(person_id, notice_id, code_of=live_code, attempts=attempts, is_last=is_last)
