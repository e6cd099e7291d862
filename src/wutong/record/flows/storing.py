"""Within an upload's transaction: the row that a deposit becomes, and what a Patient says of its person."""

from collections.abc import Callable
from typing import Any

from wutong.record.flows.deposit import Deposit, documents_of, row_of
from wutong.record.flows.versions import Version, Work
from wutong.record.store.given import Row


def row(work: Work, deposit: Deposit, before: Version | None) -> Row:
    """The row, as the version after `before`; raises Unacceptable."""
    code, sealer = work.opened.caller.provider_code, work.plane.store.sealer
    return row_of(deposit, version=before.number + 1 if before else 1, provider_code=code, at=work.at, sealer=sealer)


def source(work: Work, deposit: Deposit, said: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """A source record of the index and its identity documents; `said`: what of it; raises Unacceptable."""
    documents = documents_of(deposit.resource, work.plane.store.sealer)
    return {"source": said(deposit, at=work.at), "documents": documents}
