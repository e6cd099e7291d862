"""Pages of a long list."""

import pytest
from django.test import RequestFactory

from wutong.control.pages import paging

_AT = RequestFactory()


@pytest.mark.parametrize(
    ("asked", "offset"), [("", 0), ("40", 40), ("-1", 0), ("x", 0), ("٣", 0), ("999999", 999_999), ("1000000", 0)]
)
def test_an_address_says_where_the_page_begins(asked: str, offset: int) -> None:
    assert paging.offset(_AT.get("/list/", {"from": asked})) == offset


@pytest.mark.parametrize(
    ("start", "total", "earlier", "later"),
    [
        (0, 20, "", ""),
        (0, 21, "", "/list/?from=20"),
        (20, 40, "/list/?from=0", ""),
        (20, 41, "/list/?from=0", "/list/?from=40"),
        (5, 6, "/list/?from=0", ""),
    ],
)
def test_a_page_names_the_one_before_and_the_one_after(start: int, total: int, earlier: str, later: str) -> None:
    links = paging.links(_AT.get("/list/", {"from": str(start)}), size=20, total=total)
    assert links == {"earlier": earlier, "later": later}
