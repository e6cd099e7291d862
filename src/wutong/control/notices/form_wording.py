"""What a consent form says that a provider prints and a person signs. It names nobody: who signs writes the names."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from wutong.control.pages.languages import offered
from wutong.control.pages.names import colon

SIGNERS = {
    "parent": gettext_noop("Parent"),
    "guardian": gettext_noop("Guardian"),
    "statutory-guardian": gettext_noop("Guardian under the Mental Health Ordinance"),
    "court-appointed": gettext_noop("Appointed by a court"),
    "family-member": gettext_noop("Family member (there is none of those above)"),
    "co-resident": gettext_noop("Lives in the same home (there is none of those above)"),
}
_SAYS = {
    "one-year": gettext_noop(
        "I allow this healthcare provider to look at the health record, for one year from the day on which this form "
        "is recorded."
    ),
    "indefinite": gettext_noop(
        "I allow this healthcare provider to look at the health record, until the permission is withdrawn."
    ),
    "withdrawal": gettext_noop(
        "I withdraw the permission: this healthcare provider may not look at the health record any more."
    ),
    "join-keep": gettext_noop("I join health record sharing again. The permissions that were given before hold again."),
    "join-anew": gettext_noop(
        "I join health record sharing again. Every permission that was given before is withdrawn."
    ),
}


@dataclass(frozen=True)
class Sheet:
    """A form in words: `facts` are printed, `blanks` are written by hand, `ticks` are chosen from."""

    title: str
    facts: Sequence[str]
    says: str
    means: Sequence[str]
    signs_as: str  # stands before the ticks
    ticks: Sequence[str]
    blanks: Sequence[str]
    for_desk: Sequence[str]


def of_form(
    *,
    language: str,
    provider_name: str,
    document: str,
    end_of_number: str,
    says: str,
    signers: Sequence[str],
    reference: str,
) -> Sheet:
    """The sheet. `document`: the number, masked; `signers`: as what somebody may sign; "": they themselves."""
    with override(offered(language)):
        facts = {
            _("Healthcare provider"): provider_name,
            _("Identity document"): document,
            _("eHR number ends in"): end_of_number,
        }
        return Sheet(
            title=_title(says),
            facts=[f"{name}{colon()}{told}" for name, told in facts.items() if told],
            says=_(_SAYS[says]),
            means=_means(says),
            signs_as="" if "" in signers else _("I sign as"),
            ticks=[_(SIGNERS[each]) for each in signers if each],
            blanks=_blanks(signers),
            for_desk=[_("For the desk"), f"{_('Form reference')}{colon()}{reference}"],
        )


def _title(says: str) -> str:
    if says.startswith("join-"):
        return _("Joining health record sharing again")
    return _("Withdrawal of a sharing consent") if says == "withdrawal" else _("Sharing consent")


def _means(says: str) -> list[str]:
    told = _("Whoever the record is about is told of the change at once, by their means of communication.")
    if says == "withdrawal":
        return [_("It holds as soon as it is recorded. What the provider deposited stays in the record."), told]
    if says.startswith("join-"):
        return [
            _("It holds as soon as it is recorded: records are uploaded again, from all healthcare providers."),
            _("Public healthcare providers may look when they treat the person. That belongs to joining."),
            _("What is kept closed stays closed. One may leave again at any time, in the portal."),
            told,
        ]
    return [
        _(
            "The provider's professionals see the parts of the record that their profession opens, when they treat the "
            "person."
        ),
        _("The person is told each time that they look, and sees in the portal who looked."),
        _("This can be withdrawn at any time: in the portal, or by a form at the provider."),
        told,
    ]


def _blanks(signers: Sequence[str]) -> list[str]:
    whose = [_("Name of the person whose record it is"), _("Name of who signs")] if "" not in signers else [_("Name")]
    return [*whose, _("Signature"), _("Date")]
