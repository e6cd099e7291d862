"""What of a document is shown, what is passed on as a file, and what is only named; hostile ones among them."""

import base64
import time
from datetime import date
from typing import Any

import pytest

from wutong.control.charts import discharge, markup, papers
from wutong.control.charts.papers import MOST_TEXT, Part


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _document(*attachments: dict[str, Any], **more: Any) -> dict[str, Any]:
    content = [{"attachment": each} for each in attachments]
    return {"resourceType": "DocumentReference", "id": "d", "type": {"text": "Letter"}, "content": content, **more}


def _part(**attachment: Any) -> Part:
    [part] = papers.read_paper(_document(attachment)).parts
    return part


@pytest.mark.parametrize(
    ("content_type", "data", "shown"),
    [
        ("text/plain", "出院摘要".encode(), "出院摘要"),
        ("text/plain; charset=big5", "出院摘要".encode("big5"), "出院摘要"),
        ("text/plain; charset=utf-8", b"caf\xe9", "caf\ufffd"),
        ("text/plain; charset=no-such-set", b"plain", "plain"),
        ("text/plain; charset=idna", b"plain", "plain"),
        ('text/plain; charset="windows-1252"', b"caf\xe9", "caf\xe9"),
        ("text/plain; CHARSET = GB2312", "摘要".encode("gbk"), "摘要"),
        ("text/plain; charset=utf-16", "摘要".encode("utf-16"), "摘要"),
        ("text/html", b"<p>One</p><script>alert(1)</script><p onclick=x()>Two &amp; three</p>", "One\nTwo & three"),
        ("application/xhtml+xml", b"<div><b>Bold</b> text</div>", "Bold text"),
    ],
)
def test_text_is_shown(content_type: str, data: bytes, shown: str) -> None:
    assert _part(contentType=content_type, data=_b64(data)).text == shown


@pytest.mark.parametrize(
    ("attachment", "told"),
    [
        ({"contentType": "text/plain", "data": "not base64!"}, "empty or broken"),
        ({"contentType": "text/plain", "data": "YQ"}, "empty or broken"),
        ({"contentType": "text/plain", "data": "數"}, "empty or broken"),
        ({"contentType": "application/pdf", "data": ""}, "empty or broken"),
        ({"contentType": "application/x-msdownload", "data": _b64(b"MZ")}, "neither shown nor passed on"),
        ({"contentType": "image/svg+xml", "data": _b64(b"<svg/>")}, "neither shown nor passed on"),
        ({"data": _b64(b"what")}, "neither shown nor passed on"),
        ({"contentType": "application/pdf", "url": "Binary/1"}, "keeps this file in its own system"),
        ({"contentType": "application/pdf"}, "uploaded no content"),
    ],
)
def test_what_is_not_shown_is_named(attachment: dict[str, Any], told: str) -> None:
    part = _part(**attachment)
    assert told in part.trouble
    assert (part.text, part.number) == ("", None)


def test_a_file_is_passed_on_under_its_number() -> None:
    resource = _document(
        {"contentType": "text/plain", "data": "YQ=="}, {"contentType": "application/PDF", "data": _b64(b"%PDF")}
    )
    assert papers.read_paper(resource).parts[1].number == 1
    passed = papers.read_file(resource, 1)
    assert passed
    assert (passed.content_type, passed.data) == ("application/pdf", b"%PDF")
    assert papers.read_file(resource, 0) is None  # text is shown, not passed on
    assert papers.read_file(resource, 2) is None


def test_a_very_long_text_is_cut_and_says_so() -> None:
    part = _part(contentType="text/plain", data=_b64(b"x" * (MOST_TEXT + 1)))
    assert (len(part.text), part.is_cut) == (MOST_TEXT, True)


@pytest.mark.parametrize("piece", ["<", "<a", "<!--", "<a b='", "</", "<!", "<script>", "&", "<p>"])
def test_hostile_markup_takes_no_time(piece: str) -> None:
    began = time.process_time()
    markup.as_text(piece * (2_000_000 // len(piece)))
    assert time.process_time() - began < 10


@pytest.mark.parametrize("begin", ["<a", "</a", "<!a", "<?a"])
def test_an_endless_tag_is_read_once(begin: str) -> None:
    began = time.process_time()
    assert markup.as_text(begin + "a" * 900_000) == begin + "a" * 900_000
    assert time.process_time() - began < 2


@pytest.mark.parametrize("reference", ["&#" + "9" * 5000, "&#x" + "F" * 5000, "&#999999999;"])
def test_a_number_beyond_all_characters_stays_as_it_was_sent(reference: str) -> None:
    assert markup.as_text(f"<p>{reference} &#39;&#x2030;</p>") == f"{reference} '‰"


@pytest.mark.parametrize("padding", ["; a*0", "; a*0=x", ' "', "\\", "; charset", "=", "(", "; charset*0*=''"])
def test_a_hostile_content_type_takes_no_time(padding: str) -> None:
    began = time.process_time()
    assert _part(contentType="text/plain; " + padding * (1_000_000 // len(padding)), data="YQ==").text == "a"
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("charset", "data"),
    [
        ("utf-7", b"+2AA-"),
        ("unicode_escape", b"\\ud800"),
        ("raw_unicode_escape", b"\\ud800"),
        ("utf-16", b"\x00\xd8a\x00"),
        ("utf-16be", b"\xd8\x00\x00a"),
        ("utf-8", b"\xed\xa0\x80"),
        ("gb18030", b"\x83\x36\xc7\x39"),
        ("undefined", b"a"),
    ],
)
def test_no_charset_makes_text_that_cannot_be_written(charset: str, data: bytes) -> None:
    assert _part(contentType=f"text/plain; charset={charset}", data=_b64(data)).text.encode()


def test_a_composition_reads_in_its_own_order() -> None:
    inner = {"title": "Inner", "text": {"div": "<div>two</div>"}}
    outer = {"title": "Outer", "text": {"div": "<div>one</div>"}, "section": [inner]}
    resource = {"resourceType": "Composition", "id": "c", "title": "Summary", "section": [outer, {"title": "Empty"}]}
    told = [(part.heading, part.text) for part in papers.read_paper(resource).parts]
    assert told == [("Outer", "one"), ("Inner", "two"), ("Empty", "(no text)")]


def test_a_report_without_content_has_no_page_and_one_with_a_conclusion_has() -> None:
    bare = {"resourceType": "DiagnosticReport", "id": "r", "code": {"text": "Panel"}, "status": "final"}
    assert papers.paper_item(bare).paper == ""
    told = papers.paper_item(bare | {"conclusion": "No fracture."})
    assert (told.detail, told.paper) == ("No fracture.", "DiagnosticReport/r")


_TODAY = date(2026, 11, 29)


def _stay(since: str, until: str | None, **more: Any) -> dict[str, Any]:
    period = {"start": since, **({"end": until} if until else {})}
    return {"status": "finished", "class": {"code": "IMP"}, "id": "e", "period": period, **more}


@pytest.mark.parametrize(
    ("encounter", "is_fresh"),
    [
        (_stay("2026-10-20", "2026-10-30"), True),  # thirty days ago
        (_stay("2026-10-20", "2026-10-29"), False),
        (_stay("2026-10-20", "2026-11-29T23:00:00+08:00"), True),
        (_stay("2026-03-01", None, status="in-progress"), True),
        (_stay("2026-03-01", None), False),  # finished, nobody says when
        (_stay("2026-11-20", None), True),
        (_stay("2026-11-20", "2026-11-25", **{"class": {"code": "AMB"}}), False),
        (_stay("2026-11-20", "2026-11-25", **{"class": {"code": "NONAC"}}), True),
        (_stay("2026-11-20", "2026-11-25", status="planned"), False),
        (_stay("2026-11-20", "2027-11-25"), False),
        ({"status": "finished", "class": {"code": "IMP"}}, False),
    ],
)
def test_which_stay_is_fresh(encounter: dict[str, Any], *, is_fresh: bool) -> None:
    assert (discharge.latest([encounter], _TODAY) is not None) is is_fresh


def test_the_latest_stay_is_the_one_that_goes_on_or_ended_last() -> None:
    ended = [_stay("2026-11-01", "2026-11-10", id="a"), _stay("2026-10-01", "2026-11-20", id="b")]
    found = discharge.latest(ended, _TODAY)
    assert found
    assert found.encounter_id == "b"
    on = discharge.latest([*ended, _stay("2026-11-05", None, id="c", status="in-progress")], _TODAY)
    assert on
    assert (on.encounter_id, on.is_over) == ("c", False)


@pytest.mark.parametrize(
    ("document", "is_of"),
    [
        ({"context": {"encounter": [{"reference": "Encounter/e"}]}}, True),
        ({"context": {"encounter": [{"reference": "http://x/fhir/Encounter/e"}]}, "date": "2020-01-01"}, True),
        ({"context": {"encounter": [{"reference": "Encounter/another"}]}, "date": "2026-11-20"}, False),
        ({"date": "2026-11-20"}, True),
        ({"date": "2026-12-24"}, True),
        ({"date": "2026-11-09"}, False),
        ({"date": "2026"}, False),
        ({}, False),
        ({"date": "2026-11-20", "meta": {"tag": [{"system": "urn:wutong:provider", "code": "OTHER"}]}}, False),
        ({"date": "2026-11-20", "status": "entered-in-error"}, False),
    ],
)
def test_which_summary_is_of_the_stay(document: dict[str, Any], *, is_of: bool) -> None:
    stay = discharge.latest([_stay("2026-11-10", "2026-11-20")], _TODAY)
    assert stay
    assert bool(discharge.summaries_of(stay, [_document(**document)])) is is_of
