"""A person at a keyboard, in a real browser; and the pictures that are taken on the way."""

import io
import os
from pathlib import Path

from cast import Somebody
from django.conf import settings
from PIL import Image
from playwright.sync_api import Browser, Page

from pages.browser import assert_accessible
from wutong.control.pages.languages import offered

_SIGN_IN = {
    "en": ("Sign-in name", "Password", "Continue", "6-digit code", "Sign in"),
    "zh": ("用戶名稱", "密碼", "繼續", "6位數字密碼", "登入"),
}
_COLOURS = 48  # of a picture: enough for flat colours and smooth letters


class Walker:
    """A person at a keyboard."""

    def __init__(
        self, browser: Browser, server: str, width: int, *, height: int = 800, language: str = "en-GB"
    ) -> None:
        self.width, self.language = width, language
        context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
        context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": offered(language), "url": server}])
        self.page: Page = context.new_page()
        self.page.goto(server)

    def tab_to(self, label: str) -> None:
        """Tab until the element with that accessible name has the focus."""
        for _ in range(80):
            self.page.keyboard.press("Tab")
            name = self.page.evaluate(_FOCUSED)
            if name.startswith(label):
                return
        raise AssertionError(f"no tab stop {label!r} on {self.page.url}")

    def type_into(self, label: str, text: str) -> None:
        """Type into a field."""
        self.tab_to(label)
        self.page.keyboard.type(text)

    def choose(self, label: str) -> None:
        """Choose one of several."""
        self.tab_to(label)
        self.page.keyboard.press("Space")

    def press(self, label: str) -> None:
        """Tab to a button or a link, and press Enter."""
        self.tab_to(label)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        assert_accessible(self.page)

    def sign_in(self, who: Somebody) -> None:
        """Both factors."""
        assert_accessible(self.page)
        name, password, go_on, code, sign_in = _SIGN_IN[self.language[:2]]
        self.type_into(name, who.name)
        self.type_into(password, who.password)
        self.press(go_on)
        self.type_into(code, who.code())
        self.press(sign_in)

    def take_picture(self, name: str) -> None:
        """Keep the whole page as `<name>-<width>.png` where `WUTONG_SCREENSHOTS` names a folder (`make screenshots`)."""
        if folder := os.environ.get("WUTONG_SCREENSHOTS"):
            picture = Image.open(io.BytesIO(self.page.screenshot(full_page=True))).convert("RGB")
            Path(folder).mkdir(parents=True, exist_ok=True)
            small = picture.quantize(_COLOURS, dither=Image.Dither.NONE)
            small.save(Path(folder) / f"{name}-{self.width}.png", optimize=True)

    @property
    def text(self) -> str:
        """What can be read."""
        return self.page.inner_text("body")


_FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return '';
  const label = e.labels && e.labels.length ? e.labels[0].textContent : (e.textContent || e.value || '');
  return label.replace(/\\s+/g, ' ').trim();
}"""
