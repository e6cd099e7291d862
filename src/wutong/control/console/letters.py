"""The office's print queue: letters that wait, letters that were posted, and each as it is printed."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from wutong.control.console.outcomes import number_told
from wutong.control.flows.post_letters import list_letters, list_posted, mark_posted, print_letters
from wutong.control.guard.sessions import SignedInUser, office_required
from wutong.control.notices import queries
from wutong.control.notices.queries import NoticeKey
from wutong.control.pages import paging
from wutong.core import ids
from wutong.core.answers import Missing

_PAGE = 25  # so many sheets lie on a desk, and are printed in a second


@office_required
@require_GET
def letters(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """Letters to print."""
    number, offset = queries.count_letters(), paging.offset(request)
    page = {
        "who": who,
        "number": number,
        "letters": list_letters(who.actor, limit=_PAGE, offset=offset),
        "posted": number_told(request.GET.get("posted", "")),
        **paging.links(request, size=_PAGE, total=number),
    }
    return render(request, "console/letters.jinja", page)


@office_required
@require_GET
def posted(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """Letters that were posted."""
    offset = paging.offset(request)
    found = list_posted(who.actor, limit=_PAGE + 1, offset=offset)
    links = paging.links(request, size=_PAGE, total=offset + len(found))
    return render(request, "console/letters_posted.jinja", {"who": who, "letters": found[:_PAGE], **links})


@office_required
@require_GET
def letter(request: HttpRequest, who: SignedInUser, person_id: UUID, notice_id: UUID) -> HttpResponse:  # noqa: ARG001 - a view's first argument
    """One letter, to look at or to print."""
    return _pdf(who, [NoticeKey(person_id, notice_id)])


@office_required
@require_POST
def print_chosen(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """The chosen letters in one file."""
    keys = _chosen(request)
    return _pdf(who, keys) if keys else _back(0)


@office_required
@require_POST
def mark_chosen(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """The chosen letters were posted."""
    return _back(mark_posted(who.actor, _chosen(request)))


def _pdf(who: SignedInUser, keys: list[NoticeKey]) -> HttpResponse:
    made = print_letters(who.actor, keys)
    if isinstance(made, Missing):
        raise Http404
    name = f"{keys[0].notice_id}.pdf" if len(keys) == 1 else "letters.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _back(number: int) -> HttpResponse:
    """To the list, which tells how many were posted."""
    return HttpResponseRedirect(f"{reverse('console-letters')}?posted={number}")


def _chosen(request: HttpRequest) -> list[NoticeKey]:
    """What was ticked, as far as it names letters; a page of it at most."""
    pairs = [text.partition("/") for text in request.POST.getlist("letter")[:_PAGE]]
    read = [(ids.read(person_id), ids.read(notice_id)) for person_id, _slash, notice_id in pairs]
    return [NoticeKey(person_id, notice_id) for person_id, notice_id in read if person_id and notice_id]
