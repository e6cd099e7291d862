"""Messages that bring a one-time code, as the inbox shows them: while it is good, and to its receiver alone."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from wutong.control.authorisation.codes import live_code
from wutong.control.notices.authorisation_wording import CODE, KIND
from wutong.control.notices.queries import NoticeFacts
from wutong.control.portal.subjects import Subject


def with_codes(notices: Iterable[NoticeFacts], subject: Subject) -> list[NoticeFacts]:
    """The same messages; no table holds the code, so that it is put in here.

    Not where somebody else reads them, such as a carer: who tells the code decides.
    """
    return [_with(_code(each, subject), each) if each.kind == KIND else each for each in notices]


def _code(notice: NoticeFacts, subject: Subject) -> str:
    if not subject.is_self or notice.about_id is None:
        return _("(not shown here)")
    return live_code(notice.about_id, notice.queued_at) or _("(over)")


def _with(code: str, notice: NoticeFacts) -> NoticeFacts:
    return replace(notice, body=notice.body.replace(CODE, code))
