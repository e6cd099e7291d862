"""Documents and reports: how each is listed, and what of one can be read here.

Text is shown, marks and all as text; a picture or a PDF is passed on as a file; anything else is named, never opened.
Source: HL7 FHIR R4, DocumentReference, Composition, DiagnosticReport, Media, Attachment.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from wutong.control.charts import markup
from wutong.control.charts.elements import Resource, first_text, text
from wutong.control.charts.item import Item, make
from wutong.control.pages.names import joined

MOST_TEXT = 200_000  # characters of one part: some fifty printed pages
PASSED_ON = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
TYPES = ("DocumentReference", "Composition", "DiagnosticReport", "Media")
_TEXTS = {"text/plain", "text/markdown"}
_MARKED_UP = {"text/html", "application/xhtml+xml"}
_DEEPEST = 8  # sections within sections
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.ASCII | re.IGNORECASE)
# As senders write them. No others: some of Python's make text that cannot be written out again (utf-7).
_CHARSETS = {
    **dict.fromkeys(("us-ascii", "ascii"), "ascii"),
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1"), "latin-1"),
    **dict.fromkeys(("windows-1252", "cp1252"), "windows-1252"),
    **dict.fromkeys(("big5", "big5-hkscs", "big5hkscs"), "big5hkscs"),
    **dict.fromkeys(("gb18030", "gbk", "gb2312"), "gb18030"),
    **{each: each for each in ("utf-16", "utf-16le", "utf-16be")},
}


@dataclass(frozen=True)
class Part:
    """A piece of a document: its text, a file that is passed on, or why it is neither.

    `number`: of the file, for its address.
    """

    heading: str = ""
    text: str = ""
    is_cut: bool = False
    content_type: str = ""  # of a file
    number: int | None = None
    trouble: str = ""


@dataclass(frozen=True)
class Paper:
    """A document, whole."""

    item: Item
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class File:
    """A file as its sender attached it."""

    content_type: str
    data: bytes


def paper_item(resource: Resource) -> Item:
    """How a document or report stands in a list."""
    name = str(resource.get("title") or "") or first_text(
        *(resource.get(each) for each in ("type", "code", "category"))
    )
    state = {"preliminary": _("preliminary"), "superseded": _("superseded by a later one"), "amended": _("amended")}
    status = str(resource.get("docStatus") or resource.get("status") or "")
    described = [str(resource.get("description", "")), str(resource.get("conclusion", "")), state.get(status, "")]
    return make(
        resource,
        name or _("Document"),
        joined([_shortened(each) for each in described]),
        is_past=resource.get("status") == "superseded",
        paper=f"{resource['resourceType']}/{resource.get('id', '')}" if _has_more(resource) else "",
    )


def leave_out_files(resource: Resource) -> None:
    """Take the content of its files out of a resource that is only listed: it can be large, and no line shows it."""
    for each in _attachments(resource):
        each.pop("data", None)


def read_paper(resource: Resource) -> Paper:
    """Everything of a document that can be read, in its own order."""
    return Paper(paper_item(resource), tuple(_parts(resource)))


def read_file(resource: Resource, number: int) -> File | None:
    """The attachment of that number, if it is of a kind that is passed on and is whole."""
    attachments = _attachments(resource)
    if number >= len(attachments) or (kind := _kind(attachments[number])) not in PASSED_ON:
        return None
    data = _data(attachments[number])
    return File(kind, data) if data else None


def _shortened(told: str) -> str:
    return told if len(told) <= 200 else f"{told[:200]}…"


def _has_more(resource: Resource) -> bool:
    held = ("section", "text", "conclusion", "description")
    return bool(_attachments(resource)) or any(resource.get(each) for each in held)


def _attachments(resource: Resource) -> list[Resource]:
    if resource["resourceType"] == "DocumentReference":
        return [each.get("attachment", {}) for each in resource.get("content", [])]
    content = resource.get("content")
    return [*resource.get("presentedForm", []), *([content] if isinstance(content, dict) else [])]


def _parts(resource: Resource) -> Iterator[Part]:
    for name in ("description", "conclusion"):
        if resource.get(name):
            yield _plain("", str(resource[name]))
    if narrative := markup.as_text(resource.get("text", {}).get("div", "")):
        yield _plain("", narrative)
    yield from _sections(resource.get("section", []), 1)
    for number, attachment in enumerate(_attachments(resource)):
        yield _part(attachment, number)


def _sections(sections: list[Resource], depth: int) -> Iterator[Part]:
    for each in sections:
        heading = str(each.get("title") or text(each.get("code")))
        told = markup.as_text(each.get("text", {}).get("div", "")) or text(each.get("emptyReason"))
        yield _plain(heading, told or _("(no text)"))
        if depth < _DEEPEST:
            yield from _sections(each.get("section", []), depth + 1)


def _plain(heading: str, told: str) -> Part:
    return Part(heading, told[:MOST_TEXT], is_cut=len(told) > MOST_TEXT)


def _part(attachment: Resource, number: int) -> Part:
    heading, kind = str(attachment.get("title", "")), _kind(attachment)
    if "data" not in attachment:
        return Part(heading, trouble=_elsewhere(attachment))
    data = _data(attachment)
    if not data:
        return Part(heading, trouble=_("This file is empty or broken: it arrived so. Ask its sender for it."))
    if kind in _TEXTS | _MARKED_UP:
        told = _decoded(data, attachment)
        return _plain(heading, markup.as_text(told) if kind in _MARKED_UP else told)
    if kind in PASSED_ON:
        return Part(heading, content_type=kind, number=number)
    sentence = _("A file of this kind (%(kind)s) is neither shown nor passed on here. Ask its sender for it.")
    return Part(heading, trouble=sentence % {"kind": kind or _("not said")})


def _elsewhere(attachment: Resource) -> str:
    if attachment.get("url"):
        return _("The sender keeps this file in its own system and did not upload it. Ask its sender for it.")
    return _("The sender uploaded no content.")


def _kind(attachment: Resource) -> str:
    return str(attachment.get("contentType", "")).partition(";")[0].strip().lower()


def _data(attachment: Resource) -> bytes:
    try:
        return base64.b64decode("".join(str(attachment.get("data", "")).split()), validate=True)
    except ValueError:
        return b""


def _decoded(data: bytes, attachment: Resource) -> str:
    """By the character set that the sender names, if it is one of ours, else UTF-8; what does not fit shows as such."""
    named = _CHARSET.search(str(attachment.get("contentType", ""))[:200])
    return data.decode(_CHARSETS.get(named[1].lower() if named else "", "utf-8"), "replace")
