"""Whether an address that came with a request may be followed."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

LONGEST = 500


def is_ours(request: HttpRequest, address: str) -> bool:
    """Whether it leads to a page of this site; nothing very long does."""
    if not address or len(address) > LONGEST:
        return False
    return url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
