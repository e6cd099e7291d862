"""The codes that Consents of ours are written and read in (HL7 FHIR R4, Consent; IHE PCF 1.1, volume 3, content)."""

from django.conf import settings

BASE = f"{settings.PUBLIC_URL}/pcf"  # of this door
RECORD = f"{settings.PUBLIC_URL}/fhir"  # where the Patient stands
# What is shared, with whom and under which law, as everybody may read it: the terms that a statement is made under.
POLICY = f"{settings.PUBLIC_URL}/about/what-is-shared/"
PORTAL = f"{settings.PUBLIC_URL}/portal/"

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
SCOPE = {"system": f"{_TERMINOLOGY}/consentscope", "code": "patient-privacy"}
CATEGORY = {"system": "http://loinc.org", "code": "59284-0"}
RECIPIENT = {"system": f"{_TERMINOLOGY}/v3-ParticipationType", "code": "IRCP"}
TREATMENT = {"system": f"{_TERMINOLOGY}/v3-ActReason", "code": "TREAT"}
PROVIDER = "urn:wutong:provider"  # a provider's code
PROVIDER_GROUP = "urn:wutong:provider-group"  # the code of a group, a programme, or of whoever treats the person
ACCOUNT = "urn:wutong:account"  # a professional, as the portal names those who looked
URI = "urn:ietf:rfc:3986"
UUID_URI = "urn:uuid:"

_PROFILES = "https://profiles.ihe.net/ITI/PCF/StructureDefinition/IHE.PCF"
BASIC, INTERMEDIATE, ADVANCED = (f"{_PROFILES}.consent{each}" for each in ("Basic", "Intermediate", "Advanced"))
