"""Cuts a FHIRPath expression into tokens. Source: HL7 FHIRPath N1, lexical elements."""

import re
from dataclasses import dataclass

from wutong.record.fhirpath.faults import CannotCompile

LONGEST_EXPRESSION = 20_000

# One alternative after the other; each is linear, so that no text makes it go back over what it has read.
_TOKEN = re.compile(
    r"""(?P<space>\s++|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)
      | (?P<moment>@(?:T[0-9:.]++|[0-9-]++(?:T[0-9:.]*+(?:Z|[+-][0-9]{2}:[0-9]{2})?+)?+))
      | (?P<number>[0-9]++(?:\.[0-9]++)?+)
      | (?P<text>'(?:[^'\\]|\\.)*+')
      | (?P<variable>%(?:[A-Za-z_]\w*+|`[^`]*+`|'[^']*+')|\$(?:this|index)\b)
      | (?P<name>[A-Za-z_]\w*+)
      | (?P<quoted>`(?:[^`\\]|\\.)*+`)
      | (?P<sign><=|>=|!=|!~|[=~<>+*/&|.,()\[\]{}-])""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an expression: its kind (a group of the pattern, or `end`), its text, and where it stands."""

    kind: str
    text: str
    at: int


def tokens(expression: str) -> list[Token]:
    """The tokens of `expression`, with one of kind `end` after them."""
    if len(expression) > LONGEST_EXPRESSION:
        raise CannotCompile(f"The expression has over {LONGEST_EXPRESSION} characters.")
    found: list[Token] = []
    at = 0
    while at < len(expression):
        match = _TOKEN.match(expression, at)
        if match is None:
            raise CannotCompile(f"FHIRPath has nothing that begins with {expression[at : at + 10]!r}.", at)
        if match.lastgroup != "space":
            found.append(_token(str(match.lastgroup), match.group(), at))
        at = match.end()
    return [*found, Token("end", "", at)]


def _token(kind: str, text: str, at: int) -> Token:
    if kind == "text":
        return Token(kind, _unescaped(text[1:-1]), at)
    if kind == "quoted":
        return Token("name", _unescaped(text[1:-1]), at)
    return Token(kind, text.replace("`", "").replace("'", "") if kind == "variable" else text, at)


def _unescaped(text: str) -> str:
    def meant(found: re.Match[str]) -> str:
        sign = found[1]
        return chr(int(sign[1:], 16)) if len(sign) == 5 else _ESCAPED.get(sign, sign)

    return _ESCAPE.sub(meant, text)
