"""What a page says to people: its texts and the labels that are read out, without what is data."""

import re
from html.parser import HTMLParser

_VOID = {"br", "hr", "img", "input", "link", "meta"}
_UNSEEN = {"script", "style"}
_READ_OUT = ("aria-label", "title", "alt", "placeholder")
_WORD = re.compile(r"[A-Za-z]{2,}")


class _Listener(HTMLParser):
    """Collects texts; what stands in an element with `translate="no"` is a name or a sender's words.

    What stands in a field of several lines was typed by the reader, who is asked by its labels.
    """

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []
        self._open: list[tuple[str, bool]] = []  # elements, and whether they are to be passed over

    @property
    def _is_deaf(self) -> bool:
        return any(is_data for _name, is_data in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        told = dict(attrs)
        is_data = told.get("translate") == "no" or tag in _UNSEEN
        if not (self._is_deaf or is_data):
            self.heard += filter(None, (told.get(name) for name in _READ_OUT))
            if tag == "input" and told.get("type") in {"submit", "button"}:
                self.heard.append(told.get("value") or "")
        if tag not in _VOID:
            self._open.append((tag, is_data or tag == "textarea"))

    def handle_endtag(self, tag: str) -> None:
        """An element ends, and with it those within that nobody closed."""
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """A text."""
        if not self._is_deaf and data.strip():
            self.heard.append(" ".join(data.split()))


def spoken(source: str) -> list[str]:
    """The texts of a page, one a node."""
    listener = _Listener()
    listener.feed(source)
    listener.close()
    return listener.heard


def words(*texts: str) -> set[str]:
    """Words in Latin letters, of two letters and more."""
    return {word for text in texts for word in _WORD.findall(text)}
