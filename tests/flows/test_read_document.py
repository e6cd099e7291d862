"""A clinician opens a document, from the list to its words or its file; hostile ones, and other people's."""

import base64
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from cast import HARBOUR, Cast, Registered
from doors import Browser
from record.resources import of_category

from wutong.core import clock

_PDF = b"%PDF-1.4 not much of one"


@pytest.fixture
def doctor(cast: Cast, server: str) -> Iterator[Browser]:
    """A doctor of the clinic, signed in."""
    made = Browser(server, cast.professional("DOC", HARBOUR))
    yield made
    made.close()


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who allows the clinic."""
    cast.allow(made := cast.register())
    return made


def _attached(content_type: str, data: bytes | str, **more: Any) -> dict[str, Any]:
    text = data if isinstance(data, str) else base64.b64encode(data).decode()
    return {"content": [{"attachment": {"contentType": content_type, "data": text}}], **more}


def _send(cast: Cast, who: Registered, **content: Any) -> str:
    sent = of_category("CNS", who.patient_id) | {"type": {"text": "Letter"}} | content
    answer = cast.fhir(cast.ha, "POST", "DocumentReference", json=sent)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _address(who: Registered, document_id: str, code: str = "documents", kind: str = "DocumentReference") -> str:
    return f"/clinic/record/{who.person_id}/{code}/{kind}/{document_id}/"


def test_from_the_list_to_the_words_under_one_category(
    cast: Cast, doctor: Browser, who: Registered, superuser: psycopg.Connection
) -> None:
    document = _send(
        cast, who, **_attached("text/plain", "Dear colleague, 謝謝".encode()), date="2026-03-04T09:00:00+08:00"
    )
    doctor.open_record(who.person_id)
    before = superuser.execute("select count(*) from audit.entry where person_id = %s", [who.person_id]).fetchone()
    listed = doctor.get(f"/clinic/record/{who.person_id}/documents/")
    assert f'href="{_address(who, document)}"' in listed.source
    page = doctor.get(_address(who, document))
    for shown in ("Dear colleague, 謝謝", "Letter", "4 March 2026", "Hospital Group", "CHAN Tai Man"):
        assert shown in page
    query = "select categories from audit.entry where person_id = %s and act = 'read' order by at desc limit 2"
    assert {tuple(row[0]) for row in superuser.execute(query, [who.person_id])} == {("CNS",), ("PID",)}
    after = superuser.execute("select count(*) from audit.entry where person_id = %s", [who.person_id]).fetchone()
    assert before
    assert after
    assert after[0] > before[0]


def test_a_pdf_is_passed_on_as_a_download_and_nothing_else_is(cast: Cast, server: str, who: Registered) -> None:
    somebody = cast.professional("DOC", HARBOUR)
    doctor = Browser(server, somebody)
    pdf = _send(cast, who, **_attached("application/pdf", _PDF))
    program = _send(cast, who, **_attached("text/html", b"<script>alert(1)</script>"))
    doctor.open_record(who.person_id)
    page = doctor.get(_address(who, pdf))
    assert "Save the PDF file" in page
    answer = doctor.fetch(f"{_address(who, pdf)}0/")
    assert answer.content == _PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'attachment; filename="document-1.pdf"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    for address in (f"{_address(who, pdf)}1/", f"{_address(who, program)}0/", f"{_address(who, pdf)}99999999999/"):
        assert doctor.fetch(address).status_code == 404
    doctor.close()
    assert httpx.get(f"{server}{_address(who, pdf)}0/", trust_env=False).status_code == 302  # without signing in


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (_attached("text/html", b"<p>Hello</p><img src=x onerror=alert(1)><script>alert(2)</script>"), "Hello"),
        (_attached("text/plain", b"<script>alert(3)</script>"), "<script>alert(3)</script>"),
        (_attached("application/x-msdownload", b"MZ"), "neither shown nor passed on"),
        (_attached("text/plain; charset=no-such-set", b"words"), "words"),
        (_attached("text/plain", b"x" * 300_000), "this is its beginning"),
        ({"content": [{"attachment": {"contentType": "application/pdf", "url": "Binary/1"}}]}, "in its own system"),
    ],
)
def test_hostile_and_broken_documents_are_told_plainly(
    cast: Cast, doctor: Browser, who: Registered, content: dict[str, Any], told: str
) -> None:
    document = _send(cast, who, **content)
    doctor.open_record(who.person_id)
    page = doctor.get(_address(who, document))
    assert page.status == 200
    assert told in page
    for tag in ("<script", "<img", "onerror"):
        assert tag not in page.source
    assert len(page.source) < 250_000


def test_another_persons_document_does_not_open_under_this_name(cast: Cast, doctor: Browser, who: Registered) -> None:
    cast.allow(other := cast.register(family="WU"))
    document = _send(cast, other, **_attached("text/plain", b"of somebody else"))
    for person in (who, other):
        doctor.open_record(person.person_id)
    assert doctor.get(_address(other, document)).status == 200
    page = doctor.get(_address(who, document))
    assert page.status == 404
    assert "of somebody else" not in page.text


def test_a_document_opens_under_its_own_category_alone(cast: Cast, server: str, who: Registered) -> None:
    kind = {"coding": [{"system": "http://loinc.org", "code": "18748-4"}], "text": "Chest film"}
    document = _send(cast, who, **_attached("text/plain", b"clear lungs"), type=kind)
    for profession, status, told in (("DOC", 200, "clear lungs"), ("OPT", 403, "Restricted for your profession")):
        reader = Browser(server, cast.professional(profession, HARBOUR))
        reader.open_record(who.person_id)
        assert reader.get(_address(who, document)).status == 404  # it is no clinical note
        page = reader.get(_address(who, document, "radiology"))
        assert page.status == status
        assert told in page
        assert ("clear lungs" in page.text) == (profession == "DOC")
        reader.close()


@pytest.mark.parametrize(
    ("code", "kind"),
    [("documents", "Observation"), ("allergies", "DocumentReference"), ("documents", "Patient"), ("no", "no")],
)
def test_an_address_that_names_no_document_is_not_found(doctor: Browser, who: Registered, code: str, kind: str) -> None:
    doctor.open_record(who.person_id)
    assert doctor.get(_address(who, str(uuid4()), code, kind)).status == 404


def test_a_withdrawal_and_the_end_of_the_look_close_it(cast: Cast, doctor: Browser, who: Registered) -> None:
    document = _send(cast, who, **_attached("application/pdf", _PDF))
    assert doctor.get(_address(who, document)).status == 403
    doctor.open_record(who.person_id)
    with clock.travel(timedelta(minutes=14)):
        doctor.get(_address(who, document))
    with clock.travel(timedelta(minutes=28)):
        assert doctor.fetch(f"{_address(who, document)}0/").status_code == 200
    with clock.travel(timedelta(minutes=31)):
        assert doctor.fetch(f"{_address(who, document)}0/").status_code == 403
    cast.withdraw(who)
    page = doctor.get(_address(who, document))
    assert page.status == 403
    assert not re.search("CHAN Tai Man|Letter", page.text)
