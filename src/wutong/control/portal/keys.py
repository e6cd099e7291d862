"""The page on which a person, or who decides for them, makes an access key for a desk, and takes it back."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from wutong.control.consent.key_actions import MadeKey
from wutong.control.consent.key_queries import live_key
from wutong.control.flows.make_access_key import end_access_key, make_access_key
from wutong.control.guard.sessions import SignedInUser
from wutong.control.portal import forms
from wutong.control.portal.subjects import Subject, about_somebody
from wutong.core.access_keys import in_groups
from wutong.core.answers import Missing


@about_somebody
@require_http_methods(["GET", "POST"])
def key(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:
    """Whether there is a key; a new one is shown on the answer to its making, and never again."""
    if not subject.may_decide:
        raise Http404
    form = forms.KindChoice(request.POST if request.method == "POST" else None)
    made = _made(who, subject, form.cleaned_data["kind"]) if form.is_valid() else None
    page = {"who": who, "subject": subject, "form": form, "kinds": forms.kinds(), "live": live_key(subject.person_id)}
    page["digits"] = in_groups(made.key) if made else ""
    return render(request, "portal/key.jinja", page)


@about_somebody
@require_POST
def end(request: HttpRequest, who: SignedInUser, subject: Subject) -> HttpResponse:  # noqa: ARG001 - a view's first argument
    """Take the key back."""
    if isinstance(end_access_key(who.actor, subject.person_id, stated_as=subject.relation), Missing):
        raise Http404
    return HttpResponseRedirect(subject.url("portal-key"))


def _made(who: SignedInUser, subject: Subject, kind: str) -> MadeKey:
    made = make_access_key(who.actor, subject.person_id, kind, stated_as=subject.relation)
    if isinstance(made, Missing):
        raise Http404
    return made
