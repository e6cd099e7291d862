"""The office's page of messages, and of other work, that could not be done; and doing it again."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wutong.control.console import outcomes
from wutong.control.flows import replay_notice as flow
from wutong.control.guard.sessions import SignedInUser, office_required
from wutong.control.notices import queries
from wutong.control.pages import paging

_PAGE = 20


@office_required
@require_GET
def dead_letters(request: HttpRequest, who: SignedInUser, channel: str = "") -> HttpResponse:
    """Messages by reason, then one by one; of one channel or of all."""
    if channel and channel not in outcomes.CHANNELS:
        raise Http404
    groups, offset = queries.dead_groups(channel), paging.offset(request)
    page = {
        **_frame(request, who),
        "channel": channel,
        "groups": groups,
        "notices": queries.dead_notices(channel, limit=_PAGE, offset=offset),
        **paging.links(request, size=_PAGE, total=sum(each.number for each in groups)),
    }
    return render(request, "console/dead_letters.jinja", page)


@office_required
@require_GET
def dead_work(request: HttpRequest, who: SignedInUser) -> HttpResponse:
    """Background work of other kinds."""
    number, offset = queries.count_dead_jobs(), paging.offset(request)
    jobs = queries.dead_jobs(limit=_PAGE, offset=offset)
    page = {**_frame(request, who), "jobs": jobs, **paging.links(request, size=_PAGE, total=number)}
    return render(request, "console/dead_work.jinja", page)


@office_required
@require_POST
def replay(request: HttpRequest, who: SignedInUser, person_id: UUID, notice_id: UUID) -> HttpResponse:  # noqa: ARG001 - a view's first argument
    """Send one message again."""
    done = flow.replay_notice(who.actor, person_id, notice_id)
    return _said("console-dead-letters", done.waiting, done.inbox_only)


@office_required
@require_http_methods(["GET", "POST"])
def replay_all(request: HttpRequest, who: SignedInUser, channel: str, failure: str) -> HttpResponse:
    """Send those of one reason again, after a check that says how many they are."""
    if request.method == "POST":
        done = flow.replay_all(who.actor, channel, failure)
        return _said("console-dead-letters", done.waiting, done.inbox_only)
    group = next((each for each in queries.dead_groups(channel) if each.failure == failure), None)
    if group is None:
        return _said("console-dead-letters", 0)
    page = {**_frame(request, who), "group": group, "number": min(group.number, flow.MOST)}
    return render(request, "console/replay_check.jinja", page)


@office_required
@require_POST
def replay_work(request: HttpRequest, who: SignedInUser, job_id: int) -> HttpResponse:  # noqa: ARG001 - a view's first argument
    """Do other work again."""
    return _said("console-dead-work", 1 if flow.replay_job(who.actor, job_id) is None else 0)


def _frame(request: HttpRequest, who: SignedInUser) -> dict[str, Any]:
    again, inbox = (outcomes.number_told(request.GET.get(name, "")) for name in ("again", "inbox"))
    return {"who": who, "outcomes": outcomes, "again": again, "inbox": inbox}


def _said(name: str, number: int, inbox: int = 0) -> HttpResponse:
    """Back to the list, which tells how many wait again, and how many cannot be sent."""
    return HttpResponseRedirect(f"{reverse(name)}?again={number}&inbox={inbox}")
