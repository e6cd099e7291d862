"""What a person is shown before a consent changes is what the gate then does: names, categories, numbers."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from cast import Cast, Registered, Somebody
from conftest import free_port
from django.test import override_settings
from doors import Browser, Page
from record.resources import of_category

from wutong.control.audit.append import HOST
from wutong.control.flows.preview_consent import Preview, preview_consent
from wutong.control.flows.sign_in import begin
from wutong.control.people.actions import accounts, providers
from wutong.control.people.queries.accounts import workplaces
from wutong.control.people.queries.providers import ProviderFacts, provider_with_code
from wutong.core import clock
from wutong.core.categories import CATEGORIES_OF_TYPE, CATEGORY_NAMES, CATEGORY_TAG

STORED = ["ALG", "DX", "DX", "DX", "MED", "BIRTH", "IMM", "LAB", "LAB", "RAD", "OIR", "REF", "OBS"]


def _clinic(name: str) -> ProviderFacts:
    code = f"C{secrets.token_hex(4).upper()}"
    providers.register_provider(actor=HOST, code=code, name_en=name, name_zh="新診所", kind="clinic")
    found = provider_with_code(code)
    assert found
    return found


@dataclass
class Scene:
    """A person with a record, a clinic, those who can open records there, and those who cannot (any more)."""

    cast: Cast
    who: Registered
    account: Somebody
    clinic: ProviderFacts
    able: list[Somebody]
    unable: list[Somebody]

    def preview(self) -> Preview:
        """As the person is shown it."""
        session_id = begin(self.account.account_id, None).session_id
        return preview_consent(session_id, self.who.person_id, self.clinic.provider_id)

    def page(self, browser: Browser, what: str) -> Page:
        """The page of the preview."""
        return browser.get(f"/portal/who-may-look/{self.clinic.provider_id}/{what}")


@pytest.fixture(scope="module")
def scene(cast: Cast) -> Scene:
    """One of each kind; the consent is given and withdrawn by the tests."""
    who = cast.register()
    for category in STORED:
        content = of_category(category, who.patient_id)
        assert cast.fhir(cast.ha, "POST", content["resourceType"], json=content).status_code == 201
    clinic = _clinic("Preview Clinic")
    able = [cast.professional(each, clinic.code, name_en=f"ABLE {each}") for each in ("OPT", "DOC", "PHA", "DHY")]
    left = cast.professional("DOC", clinic.code, name_en="LEFT Doctor")
    accounts.end_affiliation(actor=HOST, affiliation_id=workplaces(left.account_id)[0].affiliation_id)
    over = clock.today() - timedelta(days=1)
    unable = [
        cast.professional("DOC", clinic.code, name_en="OVER Doctor", until=over),
        cast.professional("DOC", clinic.code, name_en="DESK Doctor", role="administrator"),
    ]
    return Scene(cast, who, cast.patient_account(who), clinic, able, [left, *unable])


@pytest.fixture(scope="module")
def patient(server: str, scene: Scene) -> Iterator[Browser]:
    """The person's browser; one for all, because a one-time code works once."""
    made = Browser(server, scene.account)
    yield made
    made.close()


def _really_opens(scene: Scene, professional: Somebody) -> dict[str, int] | None:
    """What a professional finds over FHIR, by category: the open ones with their hits; None: the record is closed."""
    token = scene.cast.session_token(professional)
    if scene.cast.open(token, scene.who.person_id).status_code != 200:
        return None
    answer = scene.cast.fhir(token, "GET", f"Patient/{scene.who.person_id}/$access").json()
    parts = [{each["name"]: each for each in given["part"]} for given in answer["parameter"] if "part" in given]
    return {
        each["code"]["valueCode"]: _hits(scene, token, each["code"]["valueCode"])
        for each in parts
        if each["open"]["valueBoolean"]
    }


def _hits(scene: Scene, token: str, category: str) -> int:
    types = [kind for kind, categories in CATEGORIES_OF_TYPE.items() if category in categories]
    asked = f"patient={scene.who.person_id}&_tag={CATEGORY_TAG}|{category}"
    return sum(int(scene.cast.fhir(token, "GET", f"{kind}?{asked}").json()["total"]) for kind in types)


def _promised(preview: Preview) -> dict[str, dict[str, int]]:
    """By account: the categories that it would see, with the numbers."""
    assert preview.items is not None
    return {
        str(clinician.account_id): {code: preview.items[code] for code in sight.sees}
        for sight in preview.sights
        for clinician in sight.clinicians
    }


def test_r58_what_is_promised_is_what_opens_and_what_a_withdrawal_closes(scene: Scene) -> None:
    promised = _promised(scene.preview())
    assert set(promised) == {str(each.account_id) for each in scene.able}
    for professional in scene.able:
        assert _really_opens(scene, professional) is None
    scene.cast.allow(scene.who, scene.clinic.code)
    for professional in scene.able:
        assert _really_opens(scene, professional) == promised[str(professional.account_id)]
    assert _promised(scene.preview()) == promised  # what a withdrawal is said to close is what is open
    scene.cast.withdraw(scene.who, scene.clinic.code)
    for professional in scene.able:
        assert _really_opens(scene, professional) is None


def test_who_cannot_open_records_today_is_not_named(scene: Scene, patient: Browser) -> None:
    page = scene.page(patient, "allow/?kind=one-year")
    for name in ("ABLE OPT", "ABLE DOC", "ABLE PHA", "ABLE DHY"):
        assert name in page
    for name in ("LEFT", "OVER", "DESK"):
        assert name not in page


def test_the_page_says_who_will_see_what_and_how_many(scene: Scene, patient: Browser) -> None:
    page = scene.page(patient, "allow/?kind=one-year")
    for said in (
        "Preview Clinic",
        "Who will be able to look",
        "Doctors ABLE DOC They will see 14 of 14 parts of the record: 14 items today.",
        "Pharmacists ABLE PHA They will see 11 of 14 parts of the record: 11 items today.",
        "Birth records, Radiology reports, Other investigation reports: closed to them, as these would need an extra permission.",
        "Dental hygienists ABLE DHY Their role opens no part of the record.",
    ):
        assert said in page, said
    order = [page.text.index(each) for each in ("ABLE DOC", "ABLE PHA", "ABLE OPT", "ABLE DHY")]
    assert order == sorted(order)


def test_before_a_withdrawal_the_page_says_who_will_no_longer_see_what(scene: Scene, patient: Browser) -> None:
    scene.cast.allow(scene.who, scene.clinic.code)
    page = scene.page(patient, "withdraw/")
    assert "Who will no longer be able to look" in page
    assert "They will no longer see 14 of 14 parts of the record: 14 items today." in page
    scene.cast.withdraw(scene.who, scene.clinic.code)
    page = scene.page(patient, "withdraw/")
    assert "there is nothing to withdraw" in page
    assert "ABLE DOC" not in page


def test_a_change_of_kind_and_a_renewal_open_nothing_to_nobody(scene: Scene, patient: Browser) -> None:
    scene.cast.allow(scene.who, scene.clinic.code)
    page = scene.page(patient, "allow/?kind=indefinite")
    assert "Nobody gains or loses sight of anything" in page
    assert "After the change Until you withdraw it" in page
    assert "ABLE DOC" not in page
    scene.cast.withdraw(scene.who, scene.clinic.code)


def test_where_the_record_plane_does_not_answer_one_may_still_go_on(scene: Scene, patient: Browser) -> None:
    with override_settings(RECORD_URL=f"http://127.0.0.1:{free_port()}/fhir"):
        page = scene.page(patient, "allow/?kind=one-year")
    assert page.status == 200
    for said in ("The numbers cannot be shown now", "ABLE DOC", "They will see 14 of 14 parts of the record."):
        assert said in page
    assert "items today" not in page
    assert patient.confirm(page.path).path == "/portal/who-may-look/"
    with override_settings(RECORD_URL=f"http://127.0.0.1:{free_port()}/fhir"):
        page = scene.page(patient, "withdraw/")
    assert "They will no longer see 14 of 14 parts of the record." in page
    patient.confirm(page.path)
    assert _really_opens(scene, scene.able[1]) is None


def test_where_nobody_can_look_the_page_says_so(cast: Cast, server: str) -> None:
    who, clinic = cast.register(), _clinic("Empty Clinic")
    patient = Browser(server, cast.patient_account(who))
    page = patient.get(f"/portal/who-may-look/{clinic.provider_id}/allow/?kind=indefinite")
    assert "Nobody who works at Empty Clinic can open records today." in page
    patient.confirm(page.path)
    page = patient.get(f"/portal/who-may-look/{clinic.provider_id}/withdraw/")
    assert "Nobody who works at Empty Clinic can open records today." in page
    patient.close()


def test_of_very_many_professionals_twenty_are_named(cast: Cast, server: str) -> None:
    who, clinic = cast.register(), _clinic("Large Clinic")
    for number in range(22):
        cast.professional("NUR", clinic.code, name_en=f"NURSE {number:02}")
    patient = Browser(server, cast.patient_account(who))
    page = patient.get(f"/portal/who-may-look/{clinic.provider_id}/allow/?kind=one-year")
    assert "NURSE 18, NURSE 19 and 2 more" in page
    assert "NURSE 20" not in page
    patient.close()


def test_a_registration_that_is_not_active_opens_nothing_to_anybody(cast: Cast, server: str, superuser: Any) -> None:
    who, clinic = cast.register(), _clinic("Other Clinic")
    cast.professional("DOC", clinic.code, name_en="ABLE Other")
    patient = Browser(server, cast.patient_account(who))
    superuser.execute("update control.person set state = 'suspended' where person_id = %s", [who.person_id])
    page = patient.get(f"/portal/who-may-look/{clinic.provider_id}/allow/?kind=one-year")
    assert "nobody can look at the record now" in page
    assert "ABLE" not in page
    patient.close()


def test_a_preview_is_on_the_trail_and_no_look(scene: Scene, patient: Browser, superuser: Any) -> None:
    query = "select count(*) from audit.entry where person_id = %s and event = 'record:count' and outcome = 'allowed'"
    [before] = superuser.execute(query, [scene.who.person_id]).fetchone()
    scene.page(patient, "allow/?kind=one-year")
    [after] = superuser.execute(query, [scene.who.person_id]).fetchone()
    assert after == before + 1


@pytest.mark.parametrize("name", ["<b>bold</b>", 'O\'NEIL & "Co" 陳'])
def test_a_name_is_shown_as_it_is(cast: Cast, server: str, name: str) -> None:
    who, clinic = cast.register(), _clinic("Named Clinic")
    cast.professional("PT", clinic.code, name_en=name)
    patient = Browser(server, cast.patient_account(who))
    page = patient.get(f"/portal/who-may-look/{clinic.provider_id}/allow/?kind=one-year")
    assert name in page
    assert "<b>bold" not in page.source
    patient.close()


def test_all_categories_stand_on_the_page(scene: Scene, patient: Browser) -> None:
    page = scene.page(patient, "allow/?kind=one-year")
    for english, _chinese in CATEGORY_NAMES.values():
        assert english in page
