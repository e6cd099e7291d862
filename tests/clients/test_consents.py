"""`fhirclient`, `fhirpy` and `fhir-kit-client` read and state Consents at the registry, with a person's token."""

import pytest
import requests
from cast import Cast, Registered
from fhirclient.client import FHIRClient
from fhirclient.models.consent import Consent
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import MultipleResourcesFound
from registry import consent, owner, permit

from clients import javascript


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who has stated nothing yet."""
    return cast.register()


@pytest.fixture
def token(cast: Cast, who: Registered) -> str:
    """Of their portal."""
    return owner(cast, who).token


def test_fhirclient(cast: Cast, who: Registered, token: str) -> None:
    client = FHIRClient(settings={"app_id": "an app", "api_base": f"{cast.server}/pcf"})
    client.server.session.headers["Authorization"] = f"Bearer {token}"
    assert client.prepare()
    made = Consent(Consent(consent(who.person_id, permit())).create(client.server))
    read = Consent.read(made.id, client.server)
    assert read.as_json() == made.as_json()
    read.status = "inactive"
    with pytest.raises(requests.HTTPError) as without_seen:
        read.update()
    assert without_seen.value.response.status_code == 428
    client.server.session.headers["If-Match"] = f'W/"{read.meta.versionId}"'
    withdrawn = Consent(read.update())
    assert (withdrawn.status, withdrawn.meta.versionId) == ("inactive", "2")
    found = Consent.where({"patient": str(who.person_id)}).perform_resources_iter(client.server)
    assert [each.as_json() for each in found] == [withdrawn.as_json()]


def test_fhirpy(cast: Cast, who: Registered, token: str) -> None:
    def client(**headers: str) -> SyncFHIRClient:
        return SyncFHIRClient(f"{cast.server}/pcf", authorization=f"Bearer {token}", extra_headers=headers)

    fields = consent(who.person_id, permit())
    made = client().resource(fields.pop("resourceType"), **fields).create()
    assert client().reference("Consent", made.id).to_resource() == made
    read = client(**{"If-Match": 'W/"1"'}).reference("Consent", made.id).to_resource()
    read["status"] = "inactive"
    read.update()
    assert read["meta"]["versionId"] == "2"
    with pytest.raises(MultipleResourcesFound, match="Another version holds"):  # what it calls any 412
        read.update()
    assert [each.id for each in client().resources("Consent").search(status="inactive")] == [made.id]


def test_fhir_kit_client(cast: Cast, who: Registered, token: str) -> None:
    given = {"base": f"{cast.server}/pcf", "token": token, "consent": consent(who.person_id, permit())}
    told = javascript.run("consents.mjs", given)["consents"]
    assert told["instantiates"] == ["https://profiles.ihe.net/ITI/PCF/CapabilityStatement/IHE.PCF.consentRegistry"]
    assert told["made"] == told["read"] == told["first"]
    assert (told["withdrawn"]["status"], told["withdrawn"]["meta"]["versionId"]) == ("inactive", "2")
    assert (told["late"], told["history"], told["found"]) == (412, 2, 1)
