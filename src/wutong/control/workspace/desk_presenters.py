"""What stands between the desk's flows and its templates."""

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from markupsafe import Markup

from wutong.control.flows.serve_person import Left, Served
from wutong.control.flows.take_form import SignedForm, Unfit
from wutong.control.pages.dates import day
from wutong.control.pages.names import named
from wutong.control.workspace import presenters
from wutong.control.workspace.desk_forms import JOINS, SAYS, SIGNERS
from wutong.core import clock
from wutong.core.access_keys import Verdict


def standing(served: Served | Left) -> str:
    """How the person's consent to the desk's own provider stands; of who left, that."""
    if isinstance(served, Left):
        left_on = {"date": day(clock.local(served.joining.stated_at).date())}
        return _("This person left health record sharing on %(date)s. They can join again by a signed form.") % left_on
    place = {"provider": named(served.provider.name_en, served.provider.name_zh)}
    if served.provider.is_deemed:
        return _("%(provider)s needs no sharing consent: whoever joins the system allows it to look.") % place
    if served.consent is None or not served.consent.is_given:
        return _("%(provider)s may not look: there is no sharing consent.") % place
    until = served.consent.valid_until
    if not served.consent.is_in_force:
        return _("%(provider)s may not look: the sharing consent ended on %(date)s.") % (place | {"date": day(until)})
    if until is None:
        return _("The person has given a sharing consent to %(provider)s, until it is withdrawn.") % place
    return _("The person has given a sharing consent to %(provider)s, until %(date)s.") % (place | {"date": day(until)})


def words_of(form: SignedForm) -> list[tuple[str, str]]:
    """What stands on a form, once more before it is recorded: labels and answers."""
    return [
        (_("What the form says"), str(dict(SAYS + JOINS)[form.says])),
        (_("Who signed"), str(SIGNERS.get(form.signed_as, _("The person")))),
        (_("Date on the form"), day(form.signed_on)),
        (_("Form reference"), form.reference),
    ]


def of_key(verdict: Verdict) -> str:
    """Why a key did nothing, and what to do. Not why it is not right: that would help whoever guesses."""
    if verdict is Verdict.TOO_MANY:
        return _("Too many wrong keys for this person. Wait 15 minutes, or take a signed form")
    return _("This key does not fit. Ask for it again: it works once, and a newer key ends it")


def drawn(code: str) -> Markup:
    """What a telephone opens, for its camera."""
    return picture_of(settings.PUBLIC_URL + reverse("portal-at-a-desk", args=[code]))


def picture_of(address: str) -> Markup:
    """An address as a QR code: an SVG of 6 pixels a module, on white."""
    made = segno.make_qr(address, error="m")
    drawing = made.svg_inline(scale=6, border=4, light="#fff", svgclass=None, lineclass=None)
    return Markup(drawing)  # noqa: S704 - made of an address of ours


def refusal(code: str) -> str:
    """Why nobody is served, and what to do."""
    if code == "withheld-by-person":
        return _(
            "The person keeps the record closed to your clinic, and only they can open it again, in the portal. "
            "Nothing was recorded. Speak with the person."
        )
    return presenters.reason(code)


def unfit(why: Unfit) -> tuple[str, str]:
    """Of a form that is not recorded, the field and what is wrong with it."""
    return {
        Unfit.SIGNER: ("signed_as", _("This person does not decide about the record. Choose who signed")),
        Unfit.DAY: ("signed_on", _("This form is older than 30 days. Ask the person to sign a new one")),
        Unfit.KNOWN: ("reference", _("A form with this reference was recorded before. Look at the form again")),
        Unfit.SAID_SINCE: (
            "signed_on",
            _("The person has said something else since that day, and that counts. Ask the person to sign a new form"),
        ),
        Unfit.NOTHING: ("says", _("There is no consent to withdraw. Look at the form again")),
    }[why]
