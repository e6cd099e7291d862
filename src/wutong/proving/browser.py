"""A browser, as far as pages need one: it keeps cookies, follows where it is sent, and sends forms."""

import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from wutong.core import env
from wutong.proving.platform import Platform, Told

_FORM = {"content-type": "application/x-www-form-urlencoded"}
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


class Browser:
    """Somebody's."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._cookies: dict[str, str] = {}

    @property
    def cookies(self) -> str:
        """As a header has them."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def sign_in(self, name: str, password: str, code: str) -> None:
        """By the pages, as everybody does."""
        self.send("/sign-in/", name=name, password=password)
        if (path := self.send("/sign-in/code/", code=code)).startswith("/sign-in"):
            raise RuntimeError(f"{name} was not let in: {path}")

    def send(self, path: str, **fields: str) -> str:
        """Send the form of a page; the path that one is sent on to."""
        page = self._get(path)
        found = _TOKEN.search(page.body)
        token = found[1].decode() if found else ""
        origin = {"origin": env.read(env.PUBLIC_URL, env.safe_url)}
        body = urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
        told = self._platform.ask("POST", path, headers=_FORM | origin | {"cookie": self.cookies}, body=body)
        self._keep(told)
        return urlsplit(told.header("location")).path or path

    def _get(self, path: str) -> Told:
        told = self._platform.ask("GET", path, headers={"cookie": self.cookies})
        self._keep(told)
        return told

    def _keep(self, told: Told) -> None:
        for name, value in told.headers:
            if name == "set-cookie":
                self._cookies |= {key: each.value for key, each in SimpleCookie(value).items()}
