"""A provider's desk prints its own form for somebody to sign. Page: docs/flows/print_form.md."""

import secrets
from uuid import UUID

from wutong.control.audit.append import Actor
from wutong.control.flows.serve_person import Left, Served, serve_person
from wutong.control.flows.take_joining_form import ANEW, KEEPS
from wutong.control.notices import consent_form
from wutong.control.notices.form_wording import of_form
from wutong.core import clock
from wutong.core.answers import Missing, Refused

_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another


def print_form(actor: Actor, person_id: UUID, says: str, language: str) -> bytes | Refused | Missing:
    """A PDF of one page with a fresh reference. `says`: a kind of consent, a withdrawal; of who left, to join again.

    Missing: no such person, or nothing of this kind to sign; the law needs no consent to this provider.
    """
    served = serve_person(actor, person_id)
    if isinstance(served, Refused | Missing):
        return served
    if isinstance(served, Left) != (says in {KEEPS, ANEW}):
        return Missing("form")
    if isinstance(served, Served) and served.provider.is_deemed:
        return Missing("provider")
    english, chinese = served.provider.name_en, served.provider.name_zh
    sheet = of_form(
        language=language,
        provider_name=(chinese or english) if language.startswith("zh") else english,
        document=served.masked_document,
        end_of_number=served.end_of_number,
        says=says,
        signers=served.signers,
        reference=new_reference(),
    )
    return consent_form.print_form(sheet, on=clock.now())


def new_reference() -> str:
    """Eight signs in two groups, which nobody has to keep apart by their case: 31 to the 8th of them."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(8))
    return f"{signs[:4]}-{signs[4:]}"
