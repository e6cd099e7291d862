"""Once a day, whoever has a consent that ends within 30 days is told. Page: docs/flows/remind_of_consent.md."""

from datetime import date, timedelta
from uuid import UUID

from wutong.control.consent.queries import ENDS_SOON, AnyConsent, ConsentFacts, ending_on
from wutong.control.flows.tell_patient import ENDING, statement_id, tell_of_ending
from wutong.control.notices.queries import told_of
from wutong.control.people.queries.persons import person
from wutong.control.people.queries.providers import providers
from wutong.core import clock


def remind_of_consent() -> int:
    """Tell each once for each version; how many were told now. Each is a transaction of its own."""
    renewable = {each.provider_id for each in providers() if each.is_active}
    days = [clock.today() + timedelta(days=number) for number in range(ENDS_SOON.days + 1)]
    return sum(_remind_of_day(day, renewable) for day in days)


def _remind_of_day(day: date, renewable: set[UUID]) -> int:
    due = [each for each in ending_on(day) if not isinstance(each, ConsentFacts) or each.provider_id in renewable]
    told = told_of(ENDING, {each.person_id for each in due})
    return sum(_remind(each, day) for each in due if (each.person_id, _about(each)) not in told)


def _remind(consent: AnyConsent, until: date) -> bool:
    found = person(consent.person_id)
    if found is None or not found.is_active:
        return False
    return tell_of_ending(consent.person_id, consent.about_id, version=consent.version, until=until) is not None


def _about(consent: AnyConsent) -> UUID:
    return statement_id(consent.about_id, consent.version)
