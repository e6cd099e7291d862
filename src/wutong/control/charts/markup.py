"""Marked-up text as plain text: the words, with a line for each block; nothing of it is ever written as markup.

In one pass: the standard library's parser takes minutes over some 200 kB that somebody wrote to that end.
"""

import html
import re
from collections.abc import Iterator

_MOST = 1_000_000  # characters
# Possessive: no input makes it go back over what it has read.
_TOKEN = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*+)[^<>]*+>|<[!?/][^<>]*+>|[^<]+|<")
_NO_CHARACTER = re.compile(
    r"&(?=#(?:[0-9]{9}|[xX][0-9A-Fa-f]{9}))"
)  # a number beyond them all, which Python may refuse
_BLOCKS = frozenset({
    "p", "div", "br", "li", "tr", "table", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "pre",
    "hr", "section", "article", "body",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
_UNSEEN = frozenset({"script", "style", "title", "template"})


def as_text(source: str) -> str:
    """The words of an HTML or XHTML text; of one that nobody would read to its end, the beginning and an ellipsis."""
    words = "".join(_words(_without_comments(source[:_MOST])))
    lines = [line for line in (" ".join(line.split()) for line in words.splitlines()) if line]
    return "\n".join([*lines, "…"] if len(source) > _MOST else lines)


def _words(source: str) -> Iterator[str]:
    unseen = ""  # the element whose content is not for people
    for token in _TOKEN.finditer(source):
        closes, tag = token[1], (token[2] or "").lower()
        if unseen:
            unseen = "" if closes and tag == unseen else unseen
        elif tag in _UNSEEN and not closes:
            unseen = tag
        elif tag:
            yield "\n" if tag in _BLOCKS else "  " if tag in _CELLS else ""
        elif not token[0].startswith(("<!", "<?", "</")):
            yield html.unescape(_NO_CHARACTER.sub("&amp;", token[0]))


def _without_comments(source: str) -> str:
    kept, at = [], 0
    while (begin := source.find("<!--", at)) >= 0:
        kept.append(source[at:begin])
        end = source.find("-->", begin)
        at = end + 3 if end >= 0 else len(source)
    return "".join([*kept, source[at:]])
