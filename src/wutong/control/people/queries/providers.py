"""Healthcare providers."""

from dataclasses import dataclass
from uuid import UUID

from wutong.control.pages.names import named
from wutong.control.people.models import Provider
from wutong.core.answers import Reason, Refused


@dataclass(frozen=True)
class ProviderFacts:
    """A provider as pages show it."""

    provider_id: UUID
    code: str
    name_en: str
    name_zh: str
    kind: str
    is_deemed: bool
    is_active: bool


@dataclass(frozen=True)
class Watched:
    """What an officer may see: the entries and cases of `within`, or (the eHR office: None) of all providers."""

    within: UUID | None


def providers() -> list[ProviderFacts]:
    """All providers, by English name."""
    return [_facts(row) for row in Provider.objects.order_by("name_en")]


def provider_names() -> dict[UUID, str]:
    """All providers' names in the language of the page, by id."""
    return {each.provider_id: named(each.name_en, each.name_zh) for each in providers()}


def watched_by(provider_id: UUID | None) -> Watched | Refused:
    """What the privacy officers of a provider watch over."""
    workplace = provider(provider_id) if provider_id else None
    if workplace is None:
        return Refused(Reason.NO_RULE)
    if not workplace.is_active:
        return Refused(Reason.PROVIDER_NOT_ACTIVE)
    return Watched(None if workplace.kind == Provider.Kind.OFFICE else workplace.provider_id)


def provider(provider_id: UUID) -> ProviderFacts | None:
    """One provider."""
    row = Provider.objects.filter(provider_id=provider_id).first()
    return _facts(row) if row else None


def provider_with_code(code: str) -> ProviderFacts | None:
    """The provider with that code."""
    row = Provider.objects.filter(code=code).first()
    return _facts(row) if row else None


def office() -> ProviderFacts | None:
    """The eHR office."""
    return next((each for each in providers() if each.kind == Provider.Kind.OFFICE and each.is_active), None)


def _facts(row: Provider) -> ProviderFacts:
    is_active = row.state == Provider.State.ACTIVE
    return ProviderFacts(row.provider_id, row.code, row.name_en, row.name_zh, row.kind, row.is_deemed, is_active)
