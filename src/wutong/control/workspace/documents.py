"""A document as its page shows it, and a file as it is passed on."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wutong.control.charts.papers import PASSED_ON, File, Paper, Part
from wutong.control.workspace.cards import Line, Writer


@dataclass(frozen=True)
class PartShown:
    """A part with its sentences; `file` is the text of the link to it, empty where there is none."""

    part: Part
    note: str
    file: str


@dataclass(frozen=True)
class DocumentShown:
    """A document: its line, and its parts in their order."""

    line: Line
    parts: list[PartShown]


def shown(paper: Paper) -> DocumentShown:
    """Ready for the page."""
    return DocumentShown(Writer(None).line(paper.item), [_part(each) for each in paper.parts])


def download(file: File, number: int) -> HttpResponse:
    """The bytes as an attachment: browsers save it, whatever it holds."""
    name = f"document-{number + 1}.{PASSED_ON[file.content_type]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(file.data, content_type=file.content_type, headers=headers)


def _part(part: Part) -> PartShown:
    note = _("The text is longer than can be shown here: this is its beginning.") if part.is_cut else part.trouble
    kinds = {"application/pdf": _("Save the PDF file"), "image/jpeg": _("Save the picture (JPEG)")}
    kinds["image/png"] = _("Save the picture (PNG)")
    return PartShown(part, note, kinds.get(part.content_type, ""))
