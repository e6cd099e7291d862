"""Long lists, a page at a time: `?from=` in the address says with which entry the page begins."""

from django.http import HttpRequest


def offset(request: HttpRequest) -> int:
    """How many entries come before the page; 0 where the address says nothing sensible."""
    text = request.GET.get("from", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def links(request: HttpRequest, *, size: int, total: int) -> dict[str, str]:
    """Addresses of the pages `earlier` and `later` of the same list, empty where there is none.

    `total` is how many entries there are, or at least how many are known of: one behind the page is enough.
    """
    start = offset(request)
    return {
        "earlier": f"{request.path}?from={max(start - size, 0)}" if start else "",
        "later": f"{request.path}?from={start + size}" if start + size < total else "",
    }
