"""The pages on which a person, or who decides for them, leaves the system and joins it again."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wutong.control.consent.actions import Outdated
from wutong.control.consent.joining_queries import JoiningFacts, joinings_of
from wutong.control.flows.change_joining import Answer, leave_system
from wutong.control.flows.change_joining import join_again as state_joining_again
from wutong.control.guard.sessions import SignedInUser
from wutong.control.pages.names import named
from wutong.control.people.queries.accounts import display_names
from wutong.control.people.queries.persons import persons_of_accounts, registration_state
from wutong.control.people.queries.providers import provider_names
from wutong.control.portal import forms, permissions, together
from wutong.control.portal.subjects import Subject, about_somebody
from wutong.core.answers import Missing


@dataclass(frozen=True)
class Line:
    """One statement, and who made it, as the reader of the page calls them; of a registration, where.

    `how`: of a form, which, and at whose desk.
    """

    joining: JoiningFacts
    by: str
    how: str = ""


@about_somebody
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:
    """What follows, then it holds; to whoever has left it says since when."""
    if request.method == "GET":
        return _shown(request, "portal/leave.jinja", who, subject)
    answer = leave_system(who.actor, subject.person_id, stated_as=subject.relation, seen=forms.seen(request.POST))
    return _answered(request, "portal/leave.jinja", who, subject, answer)


@about_somebody
@require_http_methods(["GET", "POST"])
def join_again(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:
    """Who would look again, what becomes of permissions of before, then it holds."""
    form = forms.PermissionsChoice(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _shown(request, "portal/join_again.jinja", who, subject, form)
    answer = state_joining_again(
        who.actor,
        subject.person_id,
        keeps_permissions=form.cleaned_data["permissions"] == forms.KEEP,
        stated_as=subject.relation,
        seen=forms.seen(request.POST),
    )
    return _answered(request, "portal/join_again.jinja", who, subject, answer, form)


def _answered(
    request: HttpRequest,
    template: str,
    who: SignedInUser,
    subject: Subject,
    answer: Answer,
    form: forms.PermissionsChoice | None = None,
) -> HttpResponse:
    match answer:
        case Missing("person"):
            raise Http404
        case Outdated():
            return _shown(request, template, who, subject, form, is_outdated=True)
    return HttpResponseRedirect(subject.url("portal-leave"))  # said before: it stays so


def _shown(
    request: HttpRequest,
    template: str,
    who: SignedInUser,
    subject: Subject,
    form: forms.PermissionsChoice | None = None,
    *,
    is_outdated: bool = False,
) -> HttpResponse:
    if not subject.may_decide:
        raise Http404
    history = _history(who, subject)
    newest = history[0].joining if history else None
    page = {
        "who": who,
        "subject": subject,
        "state": registration_state(subject.person_id),
        "joining": newest,
        "version": newest.version if newest else 0,
        "form": form,
        "choices": forms.what_becomes_of_permissions(),
        "is_outdated": is_outdated,
        "history": history,
        **_who_looks(subject),
    }
    return render(request, template, page, status=409 if is_outdated else 200)


def _history(who: SignedInUser, subject: Subject) -> list[Line]:
    versions = joinings_of(subject.person_id)
    people = persons_of_accounts({each.stated_by for each in versions if each.stated_as and each.stated_by})
    names = provider_names()
    staff = display_names({each.taken_by for each in versions if each.taken_by})

    def by(each: JoiningFacts) -> str:
        if each.stated_by:
            return permissions.said_by(each, who, subject, people)
        return names[each.provider_id] if each.provider_id else _("somebody")

    def how(each: JoiningFacts) -> str:
        if not (each.taken_by and each.provider_id):
            return ""
        told = {"reference": each.form_reference, "provider": names[each.provider_id]}
        told["who"] = staff.get(each.taken_by, _("somebody"))
        return _("on a signed form with the reference %(reference)s, recorded at %(provider)s by %(who)s") % told

    return [Line(each, by(each), how(each)) for each in versions]


def _who_looks(subject: Subject) -> dict[str, list[str]]:
    """By joining alone, by a permission of their own, by one to several."""
    known = permissions.register()
    held = [each for each in permissions.permissions(subject.person_id, known) if each.is_held and not each.is_closed]
    return {
        "public": [_name(each) for each in held if each.provider.is_deemed],
        "allowed": [_name(each) for each in held if each.is_own and not each.provider.is_deemed],
        "together": [each.name for each in together.all_of(subject.person_id, known.groups) if each.is_held],
    }


def _name(permission: permissions.Permission) -> str:
    return named(permission.provider.name_en, permission.provider.name_zh)
