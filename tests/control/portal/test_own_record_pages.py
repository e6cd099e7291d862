"""A person's own record in the portal: its parts, its entries, closing one or a whole visit, and opening it again."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from cast import HARBOUR, Cast, Registered
from doors import Browser, Page
from record.resources import of_category

from wutong.control.charts.chart import SECTIONS
from wutong.core import clock

RECORD = "/portal/record/"
_CLOSE = re.compile(r'href="(/portal/(?:for/[^/"]+/)?record/close/(?:item|episode)/[^"]+)"')
_OPEN = re.compile(r'href="(/portal/closed/(?:item|episode|label|category)/open/\?value=[^"]+)"')


def _store(cast: Cast, who: Registered, category: str, **more: Any) -> tuple[str, str]:
    content = of_category(category, who.patient_id) | more
    answer = cast.fhir(cast.ha, "POST", content["resourceType"], json=content)
    assert answer.status_code == 201, answer.text
    return content["resourceType"], answer.json()["id"]


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody with a visit, a result of it, and two diagnoses; the clinic may look."""
    made = cast.register()
    visit = _store(cast, made, "ENC")
    _store(cast, made, "LAB", encounter={"reference": "/".join(visit)})
    for name in ("Migraine", "Asthma"):
        _store(cast, made, "DX", code={"text": name})
    cast.allow(made)
    return made


@pytest.fixture
def patient(cast: Cast, server: str, who: Registered) -> Iterator[Browser]:
    """Their browser, in the portal."""
    made = Browser(server, cast.patient_account(who))
    yield made
    made.close()


@pytest.fixture
def doctor(cast: Cast, server: str, who: Registered) -> Iterator[Browser]:
    """A doctor of the clinic, with the record open."""
    made = Browser(server, cast.professional("DOC", HARBOUR))
    made.open_record(who.person_id)
    yield made
    made.close()


def _links(page: Page, kind: str) -> list[str]:
    return [each for each in _CLOSE.findall(page.source) if f"/close/{kind}/" in each]


def test_the_parts_say_how_much_there_is_and_lead_to_it(patient: Browser) -> None:
    assert f'href="{RECORD}"' in patient.get("/portal/").source
    page = patient.get(RECORD)
    assert "What is in my record" in page
    assert "Diagnoses 2 uploaded entries" in page
    assert "Laboratory reports 1 uploaded entry" in page
    assert "Immunisation records Nothing yet" in page
    for code in SECTIONS:
        assert f'href="{RECORD}{code}/"' in page.source
    assert "Nothing here: no healthcare provider has uploaded anything of this kind." in patient.get(
        f"{RECORD}immunisations/"
    )


def test_an_entry_says_what_it_is_when_and_from_whom(patient: Browser) -> None:
    page = patient.get(f"{RECORD}problems/")
    for shown in ("Migraine", "Asthma", "from Hospital Group", "Close this entry"):
        assert shown in page
    assert len(_links(page, "item")) == 2
    assert not _links(page, "episode"), "neither was of a visit"


def test_an_entry_is_closed_from_its_line_and_opened_again(patient: Browser, doctor: Browser, who: Registered) -> None:
    seen = f"/clinic/record/{who.person_id}/problems/"
    assert "Migraine" in doctor.get(seen)
    page = patient.get(f"{RECORD}problems/")
    address = next(each for each in _links(page, "item") if _is_about(page, each, "Migraine"))
    page = patient.get(address)
    assert "Close Migraine," in page
    page = patient.confirm(address)
    assert page.path == "/portal/closed/"
    assert "Closed: Migraine," in page
    assert "from Hospital Group" in page, "the line that was seen is kept"
    closed = doctor.get(seen)
    assert "Asthma" in closed
    assert "Migraine" not in closed
    page = patient.get(f"{RECORD}problems/")
    assert "Migraine" in page, "it is not closed to the person"
    assert page.text.count("Closed.") == 1
    [back] = _OPEN.findall(page.source)
    patient.get(back)
    patient.confirm("/portal/closed/item/open/")
    assert "Migraine" in doctor.get(seen)


def _is_about(page: Page, address: str, name: str) -> bool:
    return re.search(rf'{re.escape(address)}">Close this entry<[^>]+>: {name}', page.source) is not None


def test_a_visit_closes_with_all_that_belongs_to_it(patient: Browser, doctor: Browser, who: Registered) -> None:
    places = {part: f"/clinic/record/{who.person_id}/{part}/" for part in ("results", "encounters")}
    assert "a LAB thing" in doctor.get(places["results"])
    page = patient.get(f"{RECORD}results/")
    [address] = _links(page, "episode")
    assert _links(patient.get(f"{RECORD}encounters/"), "episode") == [address], "the visit itself leads there too"
    assert not _links(patient.page, "item"), "a visit is no entry by itself"
    patient.get(address)
    assert "Closed:" in patient.confirm(address)
    assert "a LAB thing" not in doctor.get(places["results"])
    assert "Nothing recorded." in doctor.get(places["encounters"])
    page = patient.get(f"{RECORD}results/")
    assert "Closed, with the visit or stay that it belongs to." in page
    [back] = _OPEN.findall(page.source)
    patient.get(back)
    patient.confirm("/portal/closed/episode/open/")
    assert "a LAB thing" in doctor.get(places["results"])


def test_what_a_part_or_a_label_closes_says_so(cast: Cast, patient: Browser, who: Registered) -> None:
    marked = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSY"}]}
    _store(cast, who, "DX", code={"text": "Grief"}, meta=marked)
    cast.close(who, "label", "PSY")
    cast.close(who, "category", "LAB")
    assert "Closed, as sensitive information: Mental health." in patient.get(f"{RECORD}problems/")
    page = patient.get(f"{RECORD}results/")
    assert "This part is closed: healthcare professionals see none of it." in page
    assert _OPEN.findall(page.source) == ["/portal/closed/category/open/?value=LAB"]
    assert patient.get(RECORD).text.count("Closed.") == 1


def test_a_long_part_has_pages(cast: Cast, patient: Browser, who: Registered) -> None:
    for _ in range(21):
        _store(cast, who, "ALG")
    first = patient.get(f"{RECORD}allergies/")
    assert len(_links(first, "item")) == 20
    assert "Older" in first
    assert len(_links(patient.get(f"{RECORD}allergies/?from=20"), "item")) == 1


@pytest.mark.parametrize("kind", ["item", "episode"])
def test_nobody_elses_entry_is_closed_nor_one_that_there_is_not(
    cast: Cast, server: str, patient: Browser, who: Registered, kind: str
) -> None:
    part = {"item": "problems", "episode": "results"}[kind]
    address = _links(patient.get(f"{RECORD}{part}/"), kind)[0]
    stranger = Browser(server, cast.patient_account(cast.register()))
    assert stranger.get(address).status == 404
    stranger.get("/portal/closed/category/close/?value=LAB")
    assert stranger.confirm(address).status == 404
    stranger.close()
    other = {
        "item": f"{RECORD}close/item/Condition/{uuid4()}/",
        "episode": f"{RECORD}close/episode/Encounter/{uuid4()}/",
    }
    assert patient.get(other[kind]).status == 404


@pytest.mark.parametrize(
    "path", ["close/item/Encounter", "close/episode/Condition", "close/item/Patient", "close/part/Condition"]
)
def test_what_is_not_closed_so_has_no_page(patient: Browser, path: str) -> None:
    assert patient.get(f"{RECORD}{path}/{UUID(int=7)}/").status == 404
    assert patient.get(f"{RECORD}{path.partition('/')[0]}/").status == 404


def test_a_child_reads_and_a_parent_closes(cast: Cast, server: str) -> None:
    child, parent = (
        cast.register(born=clock.today().replace(day=1, year=clock.today().year - 6).isoformat()),
        cast.register(),
    )
    cast.appoint(child, parent)
    _store(cast, child, "DX", code={"text": "Asthma"})
    young = Browser(server, cast.patient_account(child))
    page = young.get(f"{RECORD}problems/")
    young.close()
    assert "Asthma" in page
    assert not _CLOSE.findall(page.source)
    grown = Browser(server, cast.patient_account(parent))
    assert "What is in the record of" in grown.get(f"/portal/for/{child.person_id}/record/")
    assert "Diagnoses 1 uploaded entry" in grown.page
    [address] = _CLOSE.findall(grown.get(f"/portal/for/{child.person_id}/record/problems/").source)
    grown.get(address)
    assert "Closed: Asthma," in grown.confirm(address)
    assert grown.get(f"{RECORD}problems/").status == 200
    grown.close()


def test_who_looked_tells_the_child_of_the_parent_and_ones_own_stands_apart(cast: Cast, server: str) -> None:
    child, parent = (
        cast.register(born=clock.today().replace(day=1, year=clock.today().year - 6).isoformat()),
        cast.register(given="Mei Mei"),
    )
    cast.appoint(child, parent)
    _store(cast, child, "DX", code={"text": "Asthma"})
    for person, start in ((parent, f"/portal/for/{child.person_id}/"), (child, "/portal/")):
        browser = Browser(server, cast.patient_account(person))
        browser.get(f"{start}record/problems/")
        page = browser.get(f"{start}who-looked/")
        browser.close()
        assert "When you read it yourself" in page
    assert "Read in this portal by others CHAN Mei Mei" in page
    assert "Allowed because they decide for you, as a parent." in page
    assert "Allowed because it is your own record." in page
