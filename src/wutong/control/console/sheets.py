"""Lists as files for a spreadsheet (CSV, RFC 4180)."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# A cell that begins so would be worked out as a formula; with an apostrophe before it, it is a text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def sheet(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    """A download called `<name>.csv`; begins with a byte order mark, without which Chinese is misread."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([_plain(cell) for cell in row] for row in (head, *rows))
    answer = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
