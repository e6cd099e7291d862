"""The loader at the real FHIR door: a small child's record goes in; what is refused is said in the server's words."""

import psycopg
import pytest
from cast import HA, HARBOUR, Cast

from wutong import district
from wutong.district import Counts, District, NotLoaded, Progress

CHILD = "lam.hoi.ching"
ALLOWED = "ng.lok.yin"
LATER = "wong.chun.kit"


def _only(*keys: str) -> District:
    whole = district.shipped()
    uploads = tuple(each for each in whole.uploads if each.person_key in {"", *keys})
    return District(tuple(whole.person(key) for key in keys), uploads)


def _refused(cast: Cast, token: str, code: str, town: District) -> str:
    with pytest.raises(NotLoaded) as caught:
        district.load(f"{cast.server}/fhir", {code: token}, lambda progress: None, town)
    return caught.value.sentence


@pytest.fixture(scope="module")
def loaded(cast: Cast) -> tuple[Counts, list[Progress]]:
    """Two children, uploaded by the hospital group with its register."""
    heard: list[Progress] = []
    return district.load(f"{cast.server}/fhir/", {HA: cast.ha}, heard.append, _only(CHILD, ALLOWED)), heard


def test_everything_arrives(loaded: tuple[Counts, list[Progress]], cast: Cast) -> None:
    counts, _ = loaded
    town = [each for each in _only(CHILD, ALLOWED).uploads if each.provider_code == HA]
    assert (counts.people, counts.bundles) == (2, len(town))
    assert counts.resources == sum(each.size for each in town)


def test_progress_is_told_after_each_bundle(loaded: tuple[Counts, list[Progress]]) -> None:
    counts, heard = loaded
    assert len(heard) == counts.bundles
    assert heard[-1].resources == heard[-1].of == counts.resources
    assert str(Progress(1200, 14300, 18.4)) == "1,200 of 14,300 resources, 18 s"


def test_references_lead_to_what_the_server_keeps(
    loaded: tuple[Counts, list[Progress]], superuser: psycopg.Connection
) -> None:
    left = superuser.execute(
        "select count(*) from record.resource"
        " where resource_type <> 'Bundle' and convert_from(body, 'UTF8') like '%%\"reference\":\"urn:uuid:%%'"
    ).fetchone()
    assert left == (0,)


def test_a_register_is_uploaded_once_and_later_people_refer_to_it(
    loaded: tuple[Counts, list[Progress]], cast: Cast, superuser: psycopg.Connection
) -> None:
    before = _staff(superuser)
    counts = district.load(
        f"{cast.server}/fhir", {HA: cast.ha}, lambda progress: None, _only(LATER), registers=loaded[0].registers
    )
    assert counts.resources == sum(
        each.size for each in _only(LATER).uploads if each.person_key and each.provider_code == HA
    )
    assert _staff(superuser) == before
    assert counts.registers == loaded[0].registers
    test_references_lead_to_what_the_server_keeps(loaded, superuser)


def _staff(superuser: psycopg.Connection) -> int:
    row = superuser.execute("select count(*) from record.directory where resource_type = 'Practitioner'").fetchone()
    assert row
    assert row[0] > 0
    return int(row[0])


def test_the_clinic_is_refused_without_a_consent_and_the_bundle_is_named(
    loaded: tuple[Counts, list[Progress]], cast: Cast
) -> None:
    sentence = _refused(cast, cast.harbour, HARBOUR, _only(ALLOWED))
    assert sentence.startswith("Bundle 1 of NG Lok Yin, uploaded by HARBOUR, was refused (403):")
    assert "has not given your provider a sharing consent" in sentence


def test_a_wrong_token_is_refused_at_the_register(cast: Cast) -> None:
    assert _refused(cast, "wrong", HA, _only(CHILD)).startswith("The register of HA was refused (401):")


def test_a_server_that_does_not_answer_is_said_so() -> None:
    with pytest.raises(NotLoaded, match="The register of HA did not get through"):
        district.load("http://127.0.0.1:9/fhir", {HA: "any"}, lambda progress: None, _only(CHILD))
