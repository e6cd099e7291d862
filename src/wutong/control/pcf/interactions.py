"""What is offered: one table, from which addresses, CapabilityStatement and OpenAPI description are made."""

from collections.abc import Mapping
from dataclasses import dataclass

from wutong.control.pcf import views, writes
from wutong.control.pcf.callers import Door


@dataclass(frozen=True)
class Interaction:
    """One door: what FHIR calls it, and where it stands."""

    code: str
    method: str
    path: str
    door: Door


TABLE = (
    Interaction("search-type", "GET", "Consent", views.search),
    Interaction("create", "POST", "Consent", writes.create),
    Interaction("read", "GET", "Consent/{consent_id}", views.read),
    Interaction("update", "PUT", "Consent/{consent_id}", writes.update),
    Interaction("history-instance", "GET", "Consent/{consent_id}/_history", views.history),
    Interaction("vread", "GET", "Consent/{consent_id}/_history/{version}", views.vread),
)


def addresses() -> Mapping[str, dict[str, Door]]:
    """The doors of each address, by method."""
    found: dict[str, dict[str, Door]] = {}
    for each in TABLE:
        found.setdefault(each.path, {})[each.method] = each.door
    return found
