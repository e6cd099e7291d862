"""A clinician opens one document of an open record. Page: docs/flows/read_document.md."""

from dataclasses import dataclass
from uuid import UUID

from wutong.control.charts import chart, client, papers
from wutong.control.charts.client import Closed, Found
from wutong.control.charts.elements import Resource
from wutong.control.charts.papers import File, Paper
from wutong.control.charts.particulars import Particulars, fetch_particulars
from wutong.control.flows.issue_token import issue_session_token
from wutong.control.flows.read_chart import Access
from wutong.core.answers import Missing


@dataclass(frozen=True)
class Document:
    """A document with whom it is about."""

    about: Particulars | None
    paper: Paper


def read_document(
    session_id: UUID, person_id: UUID, code: str, kind: str, document_id: UUID
) -> Document | Access | Missing:
    """The document, why nothing opens (an Access that is not open), or that this person has no such document.

    It is asked for by its person and the section's category, so that no other's document comes under this name and the
    trail tells of one category.
    """
    token = issue_session_token(session_id)
    found = _find(token, person_id, code, kind, document_id)
    if not isinstance(found, dict):
        return found
    about = fetch_particulars(token, person_id)
    if isinstance(about, Particulars | Closed):
        return Document(about if isinstance(about, Particulars) else None, papers.read_paper(found))
    return Access(is_open=False, is_failed=True)


def read_file(
    session_id: UUID, person_id: UUID, code: str, kind: str, document_id: UUID, number: int
) -> File | Access | Missing:
    """A file that the document holds, to be kept by the reader."""
    found = _find(issue_session_token(session_id), person_id, code, kind, document_id)
    if not isinstance(found, dict):
        return found
    return papers.read_file(found, number) or Missing(f"{kind}/{document_id} file {number}")


def _find(token: str, person_id: UUID, code: str, kind: str, document_id: UUID) -> Resource | Access | Missing:
    asked = {"patient": str(person_id), "_id": str(document_id), "_tag": chart.tagged(code)}
    answer = client.search(token, kind, asked)
    match answer:
        case Found(resources=[resource]):
            return resource
        case Found():
            return Missing(f"{kind}/{document_id}")
        case Closed(reason=why):
            return Access(is_open=False, reason=why)
    return Access(is_open=False, is_failed=True)
