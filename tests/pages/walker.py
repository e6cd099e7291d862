"""A person at a keyboard, in a real browser without scripts, in a language; and the pictures taken on the way."""

import io
import os
from pathlib import Path

from cast import Somebody
from django.conf import settings
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Response

from pages.browser import assert_accessible, without_scripts
from pages.languages import LOCALES, counted, said

_COLOURS = 16  # of a picture: enough for flat colours and smooth letters
_SHORT = {"en": "", "zh-hant": "zh"}
_MOST_STOPS = 120  # of the tab key on one page; whoever needs more gives up


class Walker:
    """A person at a keyboard. Labels and texts are given in English, and looked for in the page's language."""

    def __init__(
        self, browser: Browser, server: str, width: int, language: str = "en", *, height: int = 800, start: str = "/"
    ) -> None:
        self.width = width
        self.language = language
        context = browser.new_context(viewport={"width": width, "height": height}, locale=LOCALES[language])
        # As if chosen once at the switch: an account may be used to another language.
        context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": server}])
        self.page: Page = without_scripts(context.new_page())
        self.page.goto(server + start)
        assert_accessible(self.page)

    def say(self, *words: str) -> str:
        """Words of the page, one after the other, in its language."""
        return " ".join(said(self.language, each) for each in words)

    def say_of(self, text: str, /, **values: object) -> str:
        """A text of the page with its placeholders filled, in its language."""
        return said(self.language, text, **values)

    def say_number(self, one: str, many: str, number: int, /, **values: object) -> str:
        """The same of a text that has a form for one and another for many."""
        return counted(self.language, one, many, number, **values)

    def tab_to(self, *label: str) -> None:
        """Tab until the element with that accessible name (or the beginning of it) has the focus."""
        wanted = self.say(*label)
        for _ in range(_MOST_STOPS):
            if self._focus_after("Tab").startswith(wanted):
                return
        raise AssertionError(f"no tab stop {wanted!r} on {self.page.url}")

    def type_into(self, label: str, text: str) -> None:
        """Type into a field."""
        self.tab_to(label)
        self.page.keyboard.type(text)

    def choose(self, *label: str) -> None:
        """Choose one of several: the tab key comes to the first (or the chosen one), the arrows go through the others."""
        wanted = self.say(*label)
        for _ in range(_MOST_STOPS):
            if self._focus_after("Tab").startswith(wanted):
                return self.page.keyboard.press("Space")
            others = self.page.evaluate(_OTHER_CHOICES)
            if any(self._focus_after("ArrowDown").startswith(wanted) for _ in range(others)):
                return None
        raise AssertionError(f"no choice {wanted!r} on {self.page.url}")

    def tick(self, *label: str) -> None:
        """Tick a box."""
        self.tab_to(*label)
        self.page.keyboard.press("Space")

    def _focus_after(self, key: str) -> str:
        """What the focused element is called, after that key."""
        self.page.keyboard.press(key)
        return str(self.page.evaluate(_FOCUSED))

    def press(self, *label: str) -> None:
        """Tab to a button or a link, and press Enter."""
        self.tab_to(*label)
        self._enter()

    def _enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        assert_accessible(self.page)

    def follow(self, address: str) -> None:
        """Tab to the link whose address contains that, and press Enter."""
        for _ in range(_MOST_STOPS):
            self.page.keyboard.press("Tab")
            if address in str(self.page.evaluate("document.activeElement.href || ''")):
                return self._enter()
        raise AssertionError(f"no link to {address!r} on {self.page.url}")

    def sign_in(self, who: Somebody) -> None:
        """Both factors."""
        self.type_into("Sign-in name", who.name)
        self.type_into("Password", who.password)
        self.press("Continue")
        self.type_into("6-digit code", who.code())
        self.press("Sign in")

    def reload(self) -> Response:
        """The same page again."""
        answer = self.page.reload()
        assert answer
        assert_accessible(self.page)
        return answer

    def reads(self, text: str, /, **values: object) -> bool:
        """Whether the page says it: an English text of the pages, or what is the same in every language."""
        return _plain(said(self.language, text, **values)) in _plain(self.text)

    def take_picture(self, name: str, of: Locator | None = None, *, also_in_chinese: bool = False) -> None:
        """Keep the page, or a part of it, where `WUTONG_SCREENSHOTS` names a folder (`make screenshots`).

        Its name says the width, and the language where it is not English.
        """
        folder = os.environ.get("WUTONG_SCREENSHOTS")
        if folder and (self.language == "en" or also_in_chinese):
            taken = of.screenshot() if of else self.page.screenshot(full_page=True)
            where = Path(folder) / "-".join(filter(None, (name, _SHORT[self.language], str(self.width))))
            _keep(taken, where.with_name(f"{where.name}.png"))

    def leave(self) -> None:
        """Close the browser's window."""
        self.page.context.close()

    @property
    def text(self) -> str:
        """What can be read."""
        return self.page.inner_text("body")


def _keep(screenshot: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.open(io.BytesIO(screenshot)).convert("RGB")
    small = picture.quantize(_COLOURS, dither=Image.Dither.NONE, kmeans=2)  # else a small red mark would lose its red
    small.save(path, optimize=True)


def _plain(text: str) -> str:
    return " ".join(text.split())


_OTHER_CHOICES = """() => {
  const e = document.activeElement;
  return e && e.type === 'radio' ? document.getElementsByName(e.name).length - 1 : 0;
}"""
_FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return '';
  const label = e.labels && e.labels.length ? e.labels[0].textContent : (e.textContent || e.value || '');
  return label.replace(/\\s+/g, ' ').trim();
}"""
