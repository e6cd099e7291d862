"""How tests stand at a provider's desk: registration staff at a browser, and what a signed form has on it."""

import itertools
import re
import secrets
from uuid import UUID

from cast import HARBOUR, PASSWORD, Cast, Somebody
from doors import Browser, Page

from wutong.control.flows import create_account as accounts
from wutong.control.flows.create_account import NewProfessional
from wutong.control.people.sealer import sealer
from wutong.core import clock, handshakes

_SHOWN = re.compile(r"/clinic/desk/[0-9a-f-]+/code/([0-9a-f-]{36})/")
_numbers = itertools.count(secrets.randbelow(400_000) + 1)


def registrar(cast: Cast, provider: str = HARBOUR) -> Somebody:
    """Fresh registration staff of a provider."""
    name = f"desk.{provider.lower()}.{next(_numbers)}"
    new = NewProfessional(name, f"Desk {name}", "", provider, None, "", clock.today(), "registration")
    made = accounts.create_professional(new, password=PASSWORD)
    return Somebody(name, made.password, made.seed)


def signed(**more: str) -> dict[str, str]:
    """A form that the person signed today, with a reference of its own."""
    return {
        "says": "one-year",
        "signed_as": "self",
        "signed_on": clock.today().isoformat(),
        "reference": f"T{secrets.token_hex(4).upper()}",
    } | more


def code_on(page: Page) -> str:
    """What a camera reads on the screen that shows a code: the address, without the host."""
    found = _SHOWN.search(page.address)
    assert found, page.text
    return f"/portal/at-a-desk/{handshakes.code_of(UUID(found[1]), sealer())}/"


class Desk:
    """Somebody at a desk's browser."""

    def __init__(self, server: str, who: Somebody, language: str = "en") -> None:
        self.who = who
        self.browser = Browser(server, who, language)

    def record(self, person_id: UUID, **form: str) -> Page:
        """Type in a form; where nothing is wrong with it, look at it again and record it."""
        address = f"/clinic/desk/{person_id}/form/"
        self.browser.get(address)
        page = self.browser.send(address, **signed(**form))
        return self.browser.confirm(address) if 'name="sure"' in page.source else page

    def close(self) -> None:
        """Leave."""
        self.browser.close()
