"""A queued notice goes out by its channel. Page: docs/flows/send_notice.md."""

from uuid import UUID

from wutong.control.notices import actions


def send_notice(person_id: UUID, notice_id: UUID) -> None:
    """Send it, once; raises what the mail relay raises, so that the worker tries again later."""
    actions.send(person_id, notice_id)
